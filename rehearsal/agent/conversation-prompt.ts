import { outlineOf } from './fences.ts';
import { type ParsedPrompt, parsePrompt } from './prompt.ts';

const approval = /^\s*Your plan is approved\b/i;

/**
 * Parses a prompt in the context of the earlier prompts of its conversation.
 *
 * A prompt that approves a plan names no task. The task, its script and its files are those of the earlier prompt for
 * which the plan was made; a script in a plan that the user edited takes precedence. Scripted decisions apply to all
 * later prompts that have no script of their own.
 */
export function parsePromptInConversation(
  prompt: string,
  earlier: readonly string[],
): ParsedPrompt {
  const parsedPrompt = parsePrompt(prompt);
  const before = earlier.filter((text) => !approval.test(text)).map(parsePrompt);
  const { round = before.findLast((one) => one.round !== undefined)?.round } = parsedPrompt;
  const inConversation = {
    ...parsedPrompt,
    decisions:
      parsedPrompt.script === undefined
        ? (before.findLast(({ script }) => script !== undefined)?.decisions ?? [])
        : parsedPrompt.decisions,
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

const hasWork = ({ script, outputFiles }: ParsedPrompt): boolean =>
  script !== undefined || outputFiles.length > 0;
