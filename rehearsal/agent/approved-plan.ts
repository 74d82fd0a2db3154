import { type PromptReading, readPrompt } from './prompt.ts';

const approval = /^\s*Your plan is approved\b/i;

/**
 * A prompt that approves a plan names no task: it is that of the earlier prompt for which the plan was made, and so are its
 * script and its files. What the last message has to contain is said anew.
 */
export function readInConversation(prompt: string, earlier: readonly string[]): PromptReading {
  const reading = readPrompt(prompt);
  if (!approval.test(prompt)) return reading;
  const readings = earlier.filter((text) => !approval.test(text)).map(readPrompt);
  const task = readings.findLast(hasWork) ?? readings[0];
  if (task === undefined) return reading;
  const { title, inputFiles, outputFiles, branchesToMerge, script, handOffs } = task;
  return {
    ...reading,
    title,
    inputFiles,
    outputFiles,
    branchesToMerge,
    ...(script === undefined ? {} : { script }),
    ...(handOffs === undefined ? {} : { handOffs }),
  };
}

const hasWork = ({ script, outputFiles }: PromptReading): boolean =>
  script !== undefined || outputFiles.length > 0;
