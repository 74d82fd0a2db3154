import { rules } from '@secretlint/secretlint-rule-preset-recommend';
import { findKeys } from './key-patterns.ts';
import { plainView, type Range } from './plain-view.ts';

export const REDACTED = '[redacted]';

/** A text without secrets, and the number of secrets that were removed from it. */
export type Redacted = { readonly text: string; readonly count: number };

/**
 * Removes secrets from texts. Pass decoded texts, not JSON, where the escape of a line break before a key ends with a
 * letter. Redacting many texts at once takes little longer than one. With `isOneText`, they are chunks of a single text:
 * a key that spans several chunks is found, and replaced in the first of them.
 */
export type Redactor = (
  texts: readonly string[],
  options?: { readonly isOneText?: boolean },
) => readonly Redacted[];

/** Shorter secrets would match too many harmless texts. */
const MIN_SECRET_LENGTH = 6;
/** Separates texts that are searched together; no pattern of a key matches across it. */
const SEPARATOR = '\n\0\n';

/**
 * Creates a function that removes known secrets, and everything that looks like a key, from texts that are logged,
 * exported or put into an error. It reads the secrets each time, because keys can change.
 */
export const createRedactor = (secrets: () => readonly string[]): Redactor => {
  let known: readonly string[] = [];
  let encoded: readonly string[] = [];
  return (texts, { isOneText = false } = {}) => {
    const now = secrets();
    if (now.length !== known.length || now.some((secret, index) => secret !== known[index])) {
      known = [...now];
      encoded = now.filter(({ length }) => length >= MIN_SECRET_LENGTH).flatMap(encodings);
    }
    return redactAll(texts, encoded, isOneText ? '' : SEPARATOR);
  };
};

/** A secret in the encodings in which it may appear in logs and wire dumps. */
const encodings = (secret: string): readonly string[] => [
  secret,
  JSON.stringify(secret).slice(1, -1),
  encodeURIComponent(secret),
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  Buffer.from(`${secret}:`).toString('base64').replace(/=+$/, ''),
  Buffer.from(secret).toString('base64url'),
];

function redactAll(
  texts: readonly string[],
  known: readonly string[],
  separator: string,
): readonly Redacted[] {
  const whole = texts.join(separator);
  const ranges = mergeRanges(rangesIn(whole, known));
  if (ranges.length === 0) return texts.map((text) => ({ text, count: 0 }));
  let next = 0;
  let offset = 0;
  return texts.map((text) => {
    const [start, end] = [offset, offset + text.length];
    offset = end + separator.length;
    let clean = '';
    let from = start;
    let count = 0;
    for (let range = ranges[next]; range !== undefined && range[0] < end; range = ranges[next]) {
      // A secret that started in an earlier text has been replaced there.
      if (range[0] >= start) {
        clean += whole.slice(from, range[0]) + REDACTED;
        count += 1;
      }
      from = Math.max(from, Math.min(range[1], end));
      if (range[1] > end) break;
      next += 1;
    }
    return { text: clean + whole.slice(from, end), count };
  });
}

/** Searches both the text and its plain view, because each may hide a key that the other shows. */
function rangesIn(text: string, known: readonly string[]): Range[] {
  const ranges = [...rangesOfView(text, known)];
  const view = plainView(text);
  if (view !== null) {
    for (const range of rangesOfView(view.text, known)) ranges.push(view.original(range));
  }
  return ranges.filter(([start, end]) => text.slice(start, end) !== REDACTED);
}

function* rangesOfView(text: string, known: readonly string[]): Generator<Range> {
  for (const secret of known) {
    for (let at = text.indexOf(secret); at !== -1; at = text.indexOf(secret, at + secret.length)) {
      yield [at, at + secret.length];
    }
  }
  yield* findKeys(text);
  yield* rangesOfRuleSet(text);
}

/** Sorts ranges, and merges those that touch or overlap. */
function mergeRanges(ranges: readonly Range[]): readonly Range[] {
  const result: [number, number][] = [];
  for (const [start, end] of ranges.toSorted((left, right) => left[0] - right[0])) {
    const last = result.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else result.push([start, end]);
  }
  return result;
}

/** The part of secretlint's rule interface that its rules for text use: https://secretlint.github.io */
type Rule = {
  readonly meta: { readonly id: string };
  create(
    context: {
      createTranslator(messages: object): (id: string, data: object) => object;
      report(match: { readonly range: Range }): void;
      ignore(): void;
      readonly sharedOptions: object;
    },
    options: object,
  ): { file(source: object): unknown };
};

/** Ranges reported by the rules. Secretlint's linter is asynchronous, which a logger cannot await; its rules are not. */
let reported: Range[] = [];
// The types of the package refer to another package that is not installed.
const ruleSet = (rules as unknown as readonly Rule[])
  // This rule would let a comment in the text disable the others.
  .filter(({ meta }) => !meta.id.endsWith('filter-comments'))
  .map((rule) =>
    rule.create(
      {
        createTranslator: () => (id, data) => ({ messageId: id, message: id, data }),
        report: ({ range }) => void reported.push(range),
        ignore: () => undefined,
        sharedOptions: {},
      },
      {},
    ),
  );

function rangesOfRuleSet(content: string): readonly Range[] {
  reported = [];
  const source = { content, contentType: 'text', filePath: 'text.txt', ext: '.txt', hasBOM: false };
  for (const rule of ruleSet) rule.file(source);
  return reported;
}
