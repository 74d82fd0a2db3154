import { outlineOf } from './fences.ts';

export type PromptReading = {
  /** First heading, else first line: what an agent without a name is called. */
  readonly title: string;
  /** Content of the `rehearse` block that scripts the agent. */
  readonly script?: string;
  /** The part of the prompt in which other agents speak. */
  readonly handOffs?: string;
  readonly wantsHandOffSummary: boolean;
  /** Raw JSON Schema for the structured answer that the prompt asks for. */
  readonly answerSchema?: string;
  /** Branches the prompt names, e.g. those of other agents that are to be merged. */
  readonly namedBranches: readonly string[];
  readonly attempt?: number;
};

/**
 * Reads what a prompt asks of a rehearsed agent.
 *
 * Hand-offs are other agents' words, so they must not script this one: the hand-off part starts at the first
 * heading that names hand-offs (but not the requested section *Hand-off summary*) or at the first `<hand-off>`
 * tag, and reaches to the end. Only the first top-level `rehearse` block ahead of it counts.
 */
export function readPrompt(prompt: string): PromptReading {
  const { fences, headings } = outlineOf(prompt);
  const handOffStart = Math.min(
    headings.find(({ title }) => /\bhand-?offs?\b/i.test(title) && !isSummaryTitle(title))?.start ??
      prompt.length,
    tagStart(prompt),
  );
  const own = fences.filter(({ start }) => start < handOffStart);
  const script = own.find(({ info }) => firstWord(info) === 'rehearse');
  const schema = fences.findLast(({ info }) => firstWord(info) === 'json-schema');
  const attempt = /\battempt\s*[:#]?\s*(\d{1,4})\b/i.exec(withoutSpan(prompt, script));
  return {
    title: titleOf(prompt, headings[0]?.title),
    ...(script === undefined ? {} : { script: script.content }),
    ...(handOffStart === prompt.length ? {} : { handOffs: prompt.slice(handOffStart).trim() }),
    wantsHandOffSummary: /hand-?off summary/i.test(withoutSpan(prompt, script)),
    ...(schema === undefined ? {} : { answerSchema: schema.content }),
    namedBranches: [...new Set(prompt.match(/\bcursor\/[\w./-]*[\w-]/g) ?? [])],
    ...(attempt === null ? {} : { attempt: Number(attempt[1]) }),
  };
}

const isSummaryTitle = (title: string): boolean => /^hand-?off summary\W*$/i.test(title.trim());

const firstWord = (info: string): string => info.split(/\s/)[0]?.toLowerCase() ?? '';

function tagStart(prompt: string): number {
  const place = prompt.search(/<hand-?offs?\b/i);
  return place === -1 ? prompt.length : place;
}

function withoutSpan(text: string, span: { start: number; end: number } | undefined): string {
  return span === undefined ? text : text.slice(0, span.start) + text.slice(span.end);
}

function titleOf(prompt: string, heading: string | undefined): string {
  const line = prompt.split('\n').find((candidate) => /[\p{L}\p{N}]/u.test(candidate));
  const title = (heading ?? line ?? 'Agent').replace(/^[\s#>*`-]+/, '').trim();
  return (title === '' ? 'Agent' : title).slice(0, 100).trim();
}
