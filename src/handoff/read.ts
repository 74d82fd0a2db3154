import type { Connection } from '../workflow/schema.ts';
import { jsonBlocksIn, jsonInProse } from './find-json.ts';
import { depthOf, MAX_DEPTH, type ParsedJson } from './lenient-json.ts';
import { compileHandoffSchema, type HandoffCheck } from './schema.ts';
import { summaryOf } from './summary.ts';

export type HandoffSpec = Pick<Connection, 'handoffFormat' | 'handoffSchema'>;

export type HandoffReading =
  | { readonly kind: 'content'; readonly content: string }
  /** The agent can fix it; one line per mistake. */
  | { readonly kind: 'mistakes'; readonly mistakes: readonly string[] }
  /** No answer of the agent would help: the schema cannot be used, or the check was stopped. */
  | { readonly kind: 'unusable'; readonly code: UnusableCode; readonly message: string };

export type UnusableCode = 'handoff_schema_unusable' | 'handoff_check_stopped';

/** Enough to fix them; the list becomes part of a prompt. */
const MAX_MISTAKES = 20;
/** For longer messages only the first mistake is reported, since collecting a million of them takes too long. */
const LONG_MESSAGE_LENGTH = 256 * 1024;
/** JSON up to this length is indented for the next agent; longer JSON is passed on unchanged. */
const INDENTED_LENGTH = 64 * 1024;
/** JSON with numbers of more digits than a double can hold is passed on unchanged. */
const longNumber = /\d{16}/;

/** The content that a connection passes on from an agent's last message. Where the part is unclear, all of it. */
export function readHandoff(spec: HandoffSpec, message: string): HandoffReading {
  switch (spec.handoffFormat) {
    case 'full-output':
      return { kind: 'content', content: message };
    case 'file-reference':
      return { kind: 'content', content: '' };
    case 'summary':
      return { kind: 'content', content: summaryOf(message) };
    case 'structured-json':
      return structured(spec, message);
    default:
      return spec.handoffFormat satisfies never;
  }
}

function structured(spec: HandoffSpec, message: string): HandoffReading {
  const compiled = compileHandoffSchema(
    spec.handoffSchema ?? true,
    message.length <= LONG_MESSAGE_LENGTH,
  );
  if (!compiled.ok) return unusableSchema(compiled.message);
  try {
    return bestAnswer(message, compiled.check);
  } catch (error) {
    // The depth of answers is limited, so only the schema can overflow the stack.
    if (!(error instanceof RangeError)) throw error;
    return unusableSchema('it is infinitely recursive');
  }
}

/** The likeliest answer that matches the schema; otherwise the mistakes of the likeliest answer. */
function bestAnswer(message: string, check: HandoffCheck): HandoffReading {
  const { answers, mistake } = jsonBlocksIn(message);
  let mistakes: readonly string[] | undefined;
  for (const source of [() => answers, () => jsonInProse(message)]) {
    for (const answer of source()) {
      const answerMistakes = mistakesOf(answer, check);
      if (answerMistakes.length === 0) return { kind: 'content', content: contentOf(answer) };
      mistakes ??= answerMistakes;
    }
  }
  return { kind: 'mistakes', mistakes: limitMistakes(mistakes ?? [mistake]) };
}

function mistakesOf({ value, text }: ParsedJson, check: HandoffCheck): readonly string[] {
  return depthOf(text) > MAX_DEPTH ? ['the JSON is too deeply nested'] : check.mistakesOf(value);
}

export const unusableSchema = (reason: string): HandoffReading => ({
  kind: 'unusable',
  code: 'handoff_schema_unusable',
  message: `The hand-off schema cannot be used: ${reason}.`,
});

function contentOf({ value, text }: ParsedJson): string {
  return text.length > INDENTED_LENGTH || longNumber.test(text)
    ? text
    : JSON.stringify(value, null, 2);
}

function limitMistakes(mistakes: readonly string[]): readonly string[] {
  if (mistakes.length <= MAX_MISTAKES) return mistakes;
  return [...mistakes.slice(0, MAX_MISTAKES), `and ${mistakes.length - MAX_MISTAKES} more`];
}
