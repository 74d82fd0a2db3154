import type { RunRecord } from '../store/records.ts';
import type { ParsedPrompt } from './prompt.ts';
import { parseScript } from './script.ts';
import type { Step } from './steps.ts';
import { machineArtifacts } from './workspace-path.ts';

/**
 * Returns the steps that an agent performs for a prompt. The same run always gets the same plan: a restart relies on
 * it. In plan mode, an agent reads and writes messages, but changes no file, runs no command and pushes nothing.
 */
export function planFor(
  parsedPrompt: ParsedPrompt,
  agentName: string,
  { mode, scripted }: Pick<RunRecord, 'mode' | 'scripted'>,
): readonly Step[] {
  const isPlanning = mode === 'plan';
  // A registered script takes precedence over the prompt.
  const script = scripted?.script ?? parsedPrompt.script;
  const steps =
    script === undefined
      ? (isPlanning ? planModePlan : defaultPlan)(parsedPrompt, agentName)
      : scriptedPlan(script).flatMap((step) => (isPlanning ? toPlanMode(step) : [step]));
  return scripted?.answer === undefined ? steps : withAnswer(steps, scripted.answer);
}

/** The answer is the last step and replaces the agent's own report. */
function withAnswer(steps: readonly Step[], answer: string): readonly Step[] {
  const work = steps.filter(({ kind }) => kind !== 'conclude');
  const hasText = work.some(({ kind }) => kind === 'say' || kind === 'chatter');
  return [...work, { kind: 'say', text: hasText ? `\n\n${answer}` : answer }];
}

function planModePlan(parsedPrompt: ParsedPrompt, agentName: string): readonly Step[] {
  if (parsedPrompt.requestsAnswerOnly) return [{ kind: 'conclude' }];
  const steps = [
    'read the hand-offs',
    'write a note about what I found',
    'commit it and push the branch',
  ];
  const list = steps.map((text, index) => `${index + 1}. ${text}`).join('\n');
  return [
    {
      kind: 'think',
      text: `The task is "${agentName}". I was asked for a plan, so I do not change anything.`,
    },
    { kind: 'say', text: 'I will look at the repository first.' },
    { kind: 'explore' },
    { kind: 'say', text: `My plan:\n\n${list}\n\n` },
    { kind: 'conclude' },
  ];
}

/** Replaces a step that would change something with a thought about it. */
function toPlanMode(step: Step): readonly Step[] {
  switch (step.kind) {
    case 'publish':
      return [];
    case 'write':
    case 'append':
      if (step.path.startsWith(`${machineArtifacts}/`)) return [step];
      return [thoughtAbout(`${step.kind} ${step.path}`)];
    case 'edit':
    case 'delete':
      return [thoughtAbout(`${step.kind} ${step.path}`)];
    case 'run':
      return [thoughtAbout(`run ${step.command}`)];
    case 'mcp':
      return [thoughtAbout(`call ${step.tool} of ${step.server}`)];
    case 'subagent':
      return [thoughtAbout(`give a task to ${step.name}`)];
    case 'merge':
      return [thoughtAbout(`merge ${step.branch}`)];
    default:
      return [step];
  }
}

const thoughtAbout = (what: string): Step => ({
  kind: 'think',
  text: `This run is in plan mode, so I only plan to ${what}.`,
});

function defaultPlan(parsedPrompt: ParsedPrompt, agentName: string): readonly Step[] {
  if (parsedPrompt.requestsAnswerOnly || parsedPrompt.planner !== undefined)
    return [{ kind: 'conclude' }];
  const merges = parsedPrompt.branchesToMerge.map((branch): Step => ({ kind: 'merge', branch }));
  const received =
    parsedPrompt.handOffs === undefined
      ? 'I did not receive a hand-off, so I start from the repository alone.'
      : 'I received a hand-off, and I will read it before I change anything.';
  return [
    { kind: 'think', text: `The task is "${agentName}". ${received}` },
    { kind: 'say', text: 'I will look at the repository first.' },
    { kind: 'explore' },
    ...merges,
    {
      kind: 'think',
      text: 'I know enough now. I will write a note about what I found and what I received.',
    },
    ...(parsedPrompt.outputFiles.length === 0 ? [] : [{ kind: 'outputs' } as const]),
    { kind: 'note' },
    { kind: 'report' },
    { kind: 'publish' },
    { kind: 'conclude' },
  ];
}

function scriptedPlan(source: string): readonly Step[] {
  const script = parseScript(source);
  if (!script.ok) return [{ kind: 'fail', message: script.message }];
  const steps = script.steps.map((step, index): Step => {
    const followsText = script.steps[index - 1]?.kind === 'say';
    return step.kind === 'say' && followsText ? { ...step, text: `\n\n${step.text}` } : step;
  });
  const hasLastMessage =
    script.decisions.length === 0
      ? steps.some(({ kind }) => kind === 'say' || kind === 'chatter' || kind === 'conclude')
      : steps.some(({ kind }) => kind === 'conclude');
  return [
    ...steps,
    { kind: 'publish' },
    ...(hasLastMessage ? [] : [{ kind: 'conclude' } as const]),
  ];
}
