import type { RunRecord } from '../store/records.ts';
import { machineArtifacts } from './inside.ts';
import type { PromptReading } from './prompt.ts';
import { parseScript } from './script.ts';
import type { Step } from './steps.ts';

/**
 * What an agent will do for a prompt. The same run always has the same plan: a restart relies on it.
 * In plan mode an agent looks and speaks; it changes no file, carries out no command and pushes nothing.
 */
export function planFor(
  reading: PromptReading,
  agentName: string,
  { mode, scripted }: Pick<RunRecord, 'mode' | 'scripted'>,
): readonly Step[] {
  const isPlanning = mode === 'plan';
  // A registered script comes first: someone wanted exactly this, whatever the prompt says.
  const script = scripted?.script ?? reading.script;
  const steps =
    script === undefined
      ? (isPlanning ? proposal : defaultPlan)(reading, agentName)
      : scriptedPlan(script).flatMap((step) => (isPlanning ? inPlanMode(step) : [step]));
  return scripted?.answer === undefined ? steps : withAnswer(steps, scripted.answer);
}

/** The answer comes after everything else and in place of the agent's own report. */
function withAnswer(steps: readonly Step[], answer: string): readonly Step[] {
  const work = steps.filter(({ kind }) => kind !== 'conclude');
  const hasSpoken = work.some(({ kind }) => kind === 'say' || kind === 'chatter');
  return [...work, { kind: 'say', text: hasSpoken ? `\n\n${answer}` : answer }];
}

function proposal(reading: PromptReading, agentName: string): readonly Step[] {
  if (reading.wantsAnswerOnly) return [{ kind: 'conclude' }];
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

/** A step that would change something becomes a thought about it; the rest is done as it is. */
function inPlanMode(step: Step): readonly Step[] {
  switch (step.kind) {
    case 'publish':
      return [];
    case 'write':
    case 'append':
      if (step.path.startsWith(`${machineArtifacts}/`)) return [step];
      return [planned(`${step.kind} ${step.path}`)];
    case 'edit':
    case 'delete':
      return [planned(`${step.kind} ${step.path}`)];
    case 'run':
      return [planned(`run ${step.command}`)];
    case 'mcp':
      return [planned(`call ${step.tool} of ${step.server}`)];
    case 'subagent':
      return [planned(`give a task to ${step.name}`)];
    case 'merge':
      return [planned(`merge ${step.branch}`)];
    default:
      return [step];
  }
}

const planned = (what: string): Step => ({
  kind: 'think',
  text: `This run is in plan mode, so I only plan to ${what}.`,
});

function defaultPlan(reading: PromptReading, agentName: string): readonly Step[] {
  if (reading.wantsAnswerOnly || reading.planner !== undefined) return [{ kind: 'conclude' }];
  const merges = reading.branchesToMerge.map((branch): Step => ({ kind: 'merge', branch }));
  const received =
    reading.handOffs === undefined
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
    ...(reading.outputFiles.length === 0 ? [] : [{ kind: 'outputs' } as const]),
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
    const follows = script.steps[index - 1]?.kind === 'say';
    return step.kind === 'say' && follows ? { ...step, text: `\n\n${step.text}` } : step;
  });
  const speaks =
    script.decisions.length === 0
      ? steps.some(({ kind }) => kind === 'say' || kind === 'chatter' || kind === 'conclude')
      : steps.some(({ kind }) => kind === 'conclude');
  return [...steps, { kind: 'publish' }, ...(speaks ? [] : [{ kind: 'conclude' } as const])];
}
