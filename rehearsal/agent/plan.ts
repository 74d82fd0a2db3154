import type { PromptReading } from './prompt.ts';
import { parseScript } from './script.ts';
import type { Step } from './steps.ts';

/** What an agent will do for a prompt. The same prompt always gives the same plan: a restart relies on it. */
export function planFor(reading: PromptReading, agentName: string): readonly Step[] {
  return reading.script === undefined
    ? defaultPlan(reading, agentName)
    : scriptedPlan(reading.script);
}

function defaultPlan(reading: PromptReading, agentName: string): readonly Step[] {
  if (reading.wantsAnswerOnly) return [{ kind: 'conclude' }];
  const merges = reading.branchesToMerge.map((branch): Step => ({ kind: 'merge', branch }));
  const received =
    reading.handOffs === undefined
      ? 'Nobody handed anything to me, so I start from the repository alone.'
      : 'I received a hand-off and read it before I touch anything.';
  return [
    { kind: 'think', text: `The task is "${agentName}". ${received}` },
    { kind: 'say', text: 'I will look at the repository first.' },
    { kind: 'explore' },
    ...merges,
    { kind: 'think', text: 'I know enough: I write down what I found and what was handed to me.' },
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
  const speaks = steps.some(
    ({ kind }) => kind === 'say' || kind === 'chatter' || kind === 'conclude',
  );
  return [...steps, { kind: 'publish' }, ...(speaks ? [] : [{ kind: 'conclude' } as const])];
}
