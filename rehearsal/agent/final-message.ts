import { formatDecisions } from './decisions.ts';
import { outlineOf } from './fences.ts';
import { plannerAnswer } from './planner.ts';
import type { ParsedPrompt } from './prompt.ts';
import { exampleValue } from './schema-example.ts';

/** The final message: what was done, and then exactly the sections that the prompt asks for. */
export function finalMessage(report: {
  readonly title: string;
  readonly isPlan: boolean;
  readonly facts: readonly string[];
  readonly parsedPrompt: ParsedPrompt;
}): string {
  const { title, isPlan, facts, parsedPrompt } = report;
  if (parsedPrompt.planner !== undefined) return plannerAnswer(parsedPrompt.planner);
  if (parsedPrompt.requestsAnswerOnly && parsedPrompt.answerSchema !== undefined) {
    return structuredAnswer(parsedPrompt.answerSchema);
  }
  if (parsedPrompt.requestsAnswerOnly) return decisionBlock(parsedPrompt);
  const edited =
    parsedPrompt.editedPlan === undefined ? [] : ['I followed the plan as it was edited.'];
  const summary = [...edited, ...facts].join(' ');
  const parts = [`I ${isPlan ? 'planned' : 'finished'} "${title}". ${summary}`];
  if (parsedPrompt.answerSchema !== undefined)
    parts.push(structuredAnswer(parsedPrompt.answerSchema));
  if (parsedPrompt.conditions.length > 0) parts.push(decisionBlock(parsedPrompt));
  if (parsedPrompt.requestsHandOffSummary) {
    parts.push(['## Hand-off summary', ...facts.map((fact) => `- ${fact}`)].join('\n'));
  }
  return parts.join('\n\n');
}

/** Names the senders of hand-offs, from the headings `From NAME`, and the size of the hand-off part. */
export function handOffSentence(handOffs: string | undefined): string {
  if (handOffs === undefined) return 'I did not receive a hand-off.';
  const names = outlineOf(handOffs).headings.flatMap(
    ({ title }) => /^From (.+?)(?: \([^()]*\))?$/.exec(title)?.[1] ?? [],
  );
  const size = `${handOffs.length} ${plural('character', handOffs.length)}`;
  if (names.length === 0) return `I received a hand-off of ${size}.`;
  const what = names.length === 1 ? 'a hand-off' : 'hand-offs';
  return `I received ${what} from ${names.join(' and ')} (${size}).`;
}

export const plural = (word: string, count: number): string => (count === 1 ? word : `${word}s`);

const decisionBlock = ({ conditions, decisions, round = 1 }: ParsedPrompt): string =>
  formatDecisions(conditions, decisions, round);

function structuredAnswer(schemaText: string): string {
  let schema: unknown;
  try {
    schema = JSON.parse(schemaText);
  } catch (error) {
    return `The JSON Schema in my prompt cannot be read: ${String(error)}`;
  }
  return `\`\`\`json\n${JSON.stringify(exampleValue(schema), null, 2)}\n\`\`\``;
}
