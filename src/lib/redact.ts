import { rules } from '@secretlint/secretlint-rule-preset-recommend';
import { keyRanges } from './key-shapes.ts';
import { plainView, type Range } from './plain-view.ts';

export const REDACTED = '[redacted]';

/** A text without secrets, and how many were taken out of it. */
export type Redacted = { readonly text: string; readonly count: number };

/**
 * Takes secrets out of texts as people and programs mean them: never give it JSON, in which a line break before a key
 * is a letter. Many texts at once cost little more than one. With `isOneText` they are the pieces of one text: a key
 * that was cut in several is found, and stands for its first piece.
 */
export type Redactor = (
  texts: readonly string[],
  options?: { readonly isOneText?: boolean },
) => readonly Redacted[];

/** Shorter texts are too likely to be a part of something harmless. */
const SHORTEST_SECRET = 6;
/** Between texts that are searched together; no shape of a key reaches over it. */
const SEPARATOR = '\n\0\n';

/**
 * A function that takes known secrets, and everything that looks like a key, out of texts. For everything that is
 * logged, exported or put into an error. The secrets are asked for each time, because keys change.
 */
export const createRedactor = (secrets: () => readonly string[]): Redactor => {
  let known: readonly string[] = [];
  let spelled: readonly string[] = [];
  return (texts, { isOneText = false } = {}) => {
    const now = secrets();
    if (now.length !== known.length || now.some((secret, index) => secret !== known[index])) {
      known = [...now];
      spelled = now.filter(({ length }) => length >= SHORTEST_SECRET).flatMap(spellings);
    }
    return redactAll(texts, spelled, isOneText ? '' : SEPARATOR);
  };
};

/** A secret as it may stand in logs and wire dumps. */
const spellings = (secret: string): readonly string[] => [
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
  const ranges = merged(rangesIn(whole, known));
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
      // One that began in an earlier text was told there.
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

/** A text is searched as it is, and as a reader sees it: either may hide a key that the other shows. */
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
  yield* keyRanges(text);
  yield* rangesOfRuleSet(text);
}

/** Sorted; those that touch or overlap are one secret. */
function merged(ranges: readonly Range[]): readonly Range[] {
  const result: [number, number][] = [];
  for (const [start, end] of ranges.toSorted((left, right) => left[0] - right[0])) {
    const last = result.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else result.push([start, end]);
  }
  return result;
}

/** As much of secretlint's interface for rules as its rules for texts use: https://secretlint.github.io */
type Rule = {
  readonly meta: { readonly id: string };
  create(
    context: {
      createTranslator(messages: object): (id: string, data: object) => object;
      report(found: { readonly range: Range }): void;
      ignore(): void;
      readonly sharedOptions: object;
    },
    options: object,
  ): { file(source: object): unknown };
};

/** Its linter is asynchronous, which a log cannot wait for; its rules themselves are not. */
let found: Range[] = [];
const ruleSet = (rules as unknown as readonly Rule[]) // The types of the package name another one that is not installed.
  // This one would let a text that says so switch the others off.
  .filter(({ meta }) => !meta.id.endsWith('filter-comments'))
  .map((rule) =>
    rule.create(
      {
        createTranslator: () => (id, data) => ({ messageId: id, message: id, data }),
        report: ({ range }) => void found.push(range),
        ignore: () => undefined,
        sharedOptions: {},
      },
      {},
    ),
  );

function rangesOfRuleSet(content: string): readonly Range[] {
  found = [];
  const source = { content, contentType: 'text', filePath: 'text.txt', ext: '.txt', hasBOM: false };
  for (const rule of ruleSet) rule.file(source);
  return found;
}
