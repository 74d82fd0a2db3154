import { outlineOf } from './fences.ts';
import { type PromptReading, readPrompt } from './prompt.ts';

const approval = /^\s*Your plan is approved\b/i;

/**
 * A prompt that approves a plan names no task: it is that of the earlier prompt for which the plan was made, and so are its
 * script and its files. What the last message has to contain is said again. Decisions that were scripted stay so in every
 * further prompt without a script of its own. A person may have edited the plan: what that one scripts comes first.
 */
export function readInConversation(prompt: string, earlier: readonly string[]): PromptReading {
  const reading = readPrompt(prompt);
  const before = earlier.filter((text) => !approval.test(text)).map(readPrompt);
  const { round = before.findLast((one) => one.round !== undefined)?.round } = reading;
  const inConversation = {
    ...reading,
    decisions:
      reading.script === undefined
        ? (before.findLast(({ script }) => script !== undefined)?.decisions ?? [])
        : reading.decisions,
    ...(round === undefined ? {} : { round }),
  };
  const task = before.findLast(hasWork) ?? before[0];
  if (!approval.test(prompt) || task === undefined) return inConversation;
  const { title, inputFiles, outputFiles, branchesToMerge, handOffs } = task;
  const editedPlan = fenced(prompt, 'plan');
  const script =
    (editedPlan === undefined ? undefined : fenced(editedPlan, 'rehearse')) ?? task.script;
  return {
    ...inConversation,
    ...(editedPlan === undefined ? {} : { editedPlan }),
    title,
    inputFiles,
    outputFiles,
    branchesToMerge,
    ...(script === undefined ? {} : { script }),
    ...(handOffs === undefined ? {} : { handOffs }),
  };
}

const fenced = (text: string, label: string): string | undefined =>
  outlineOf(text).fences.find(({ info }) => info.trim() === label)?.content;

const hasWork = ({ script, outputFiles }: PromptReading): boolean =>
  script !== undefined || outputFiles.length > 0;
