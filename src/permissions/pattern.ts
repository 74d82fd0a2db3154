import picomatch from 'picomatch';

/**
 * Whether a pattern matches the whole text. `*` matches any text, `?` one character, `{a,b}` and `[ab]` alternatives. A
 * trailing ` *` is optional: `npm test *` matches `npm test` with or without arguments.
 */
export function matchesText(pattern: string, text: string): boolean {
  if (pattern === text) return true;
  if (pattern.endsWith(' *') && matcher(pattern.slice(0, -2), TEXT)(text)) return true;
  return matcher(pattern, TEXT)(text);
}

/** The same for paths with `/`, where only `**` matches across folders. */
export const matchesPath = (pattern: string, path: string): boolean =>
  pattern === path || matcher(pattern, PATH)(path);

const PATH = { dot: true, nonegate: true, strictSlashes: true } as const;
/** Here `*` also matches slashes, which are ordinary characters in commands and addresses. */
const TEXT = { ...PATH, bash: true } as const;

const compiled = new Map<string, (text: string) => boolean>();
/** Far more patterns than a workflow has. Answers without a pattern are matched literally and not compiled. */
const MAX_COMPILED = 1_000;

function matcher(pattern: string, options: typeof PATH | typeof TEXT): (text: string) => boolean {
  const key = `${options === TEXT ? 'text' : 'path'} ${pattern}`;
  const cached = compiled.get(key);
  if (cached !== undefined) return cached;
  if (compiled.size >= MAX_COMPILED) compiled.clear();
  const expression = picomatch.makeRe(pattern, options);
  // The `s` flag lets `*` match line breaks, which may be part of an argument.
  const exact = new RegExp(expression.source, `${expression.flags.replace('s', '')}s`);
  const matches = (text: string) => exact.test(text);
  compiled.set(key, matches);
  return matches;
}
