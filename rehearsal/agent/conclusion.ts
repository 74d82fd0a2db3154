import { decisionsText } from './decisions.ts';
import { outlineOf } from './fences.ts';
import { plannerAnswer } from './planner.ts';
import type { PromptReading } from './prompt.ts';
import { valueFor } from './schema-values.ts';

/** The last message: what was done, and then exactly the sections that the prompt asked for. */
export function conclusion(report: {
  readonly title: string;
  readonly isPlan: boolean;
  readonly facts: readonly string[];
  readonly reading: PromptReading;
}): string {
  const { title, isPlan, facts, reading } = report;
  if (reading.planner !== undefined) return plannerAnswer(reading.planner);
  if (reading.wantsAnswerOnly && reading.answerSchema !== undefined) {
    return structuredAnswer(reading.answerSchema);
  }
  if (reading.wantsAnswerOnly) return decided(reading);
  const edited = reading.editedPlan === undefined ? [] : ['I followed the plan as it was edited.'];
  const told = [...edited, ...facts].join(' ');
  const parts = [`I ${isPlan ? 'planned' : 'finished'} "${title}". ${told}`];
  if (reading.answerSchema !== undefined) parts.push(structuredAnswer(reading.answerSchema));
  if (reading.conditions.length > 0) parts.push(decided(reading));
  if (reading.wantsHandOffSummary) {
    parts.push(['## Hand-off summary', ...facts.map((fact) => `- ${fact}`)].join('\n'));
  }
  return parts.join('\n\n');
}

/** Who handed something over, by the headings `From NAME` of the hand-off part, and how much it was. */
export function handOffFact(handOffs: string | undefined): string {
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

const decided = ({ conditions, decisions, round = 1 }: PromptReading): string =>
  decisionsText(conditions, decisions, round);

function structuredAnswer(schemaText: string): string {
  let schema: unknown;
  try {
    schema = JSON.parse(schemaText);
  } catch (error) {
    return `The JSON Schema in my prompt cannot be read: ${String(error)}`;
  }
  return `\`\`\`json\n${JSON.stringify(valueFor(schema), null, 2)}\n\`\`\``;
}
