import { DECISION_LANGUAGE } from '../../handoff/decisions.ts';
import { code, fence, oneLine } from './markdown.ts';
import type { PromptCondition } from './prompt-parts.ts';

/** Asks for decisions in addition to everything else that the message must contain. */
export function decisionRequest(conditions: readonly PromptCondition[]): string {
  return [
    'Decide whether these conditions hold, based on your finished work:',
    conditions.map(listed).join('\n'),
    `Write your decisions into one fenced \`${DECISION_LANGUAGE}\` block of your last message, as JSON of this form, with true or false and a reason in one sentence:`,
    form(conditions),
  ].join('\n\n');
}

/** The single follow-up that asks for decisions that are missing or unclear. */
export function composeDecisionPrompt(
  asked: readonly (PromptCondition & { readonly mistake: string })[],
): string {
  return [
    'Your last message does not say clearly whether these conditions hold:',
    asked
      .map((condition) => `${listed(condition)}\n  What is wrong: ${condition.mistake}.`)
      .join('\n'),
    `Answer with one fenced \`${DECISION_LANGUAGE}\` block, as JSON of this form, with true or false and a reason in one sentence. Write nothing else and change no files.`,
    form(asked),
  ].join('\n\n');
}

function listed({ connectionId, text, kind }: PromptCondition): string {
  const what = {
    connection: 'when',
    loop: 'the work is done, and no further round is needed, when',
    verdict: 'your verdict on the work, as it is now',
  }[kind];
  return `- ${code(connectionId)}, ${what}: ${oneLine(text)}`;
}

/** Not valid JSON, so that a copy of it is not read as a decision. */
function form(conditions: readonly PromptCondition[]): string {
  const lines = conditions.map(
    ({ connectionId }) =>
      `  ${JSON.stringify(connectionId)}: {"holds": <true or false>, "reason": "<why>"}`,
  );
  return fence(`{\n${lines.join(',\n')}\n}`, 'decision-form');
}
