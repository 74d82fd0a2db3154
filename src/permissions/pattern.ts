import picomatch from 'picomatch';

/**
 * Whether a pattern matches the whole text. `*` is any text, `?` one character, and `{a,b}` and `[ab]` alternatives. A
 * pattern that ends in ` *` matches without anything behind it too: `npm test *` is `npm test` with any arguments.
 */
export function matchesText(pattern: string, text: string): boolean {
  if (pattern === text) return true;
  if (pattern.endsWith(' *') && matcher(pattern.slice(0, -2), TEXT)(text)) return true;
  return matcher(pattern, TEXT)(text);
}

/** The same for paths with `/`, where only `**` reaches across folders. */
export const matchesPath = (pattern: string, path: string): boolean =>
  pattern === path || matcher(pattern, PATH)(path);

const PATH = { dot: true, nonegate: true, strictSlashes: true } as const;
/** Stars reach across slashes, which in commands and addresses are characters like others. */
const TEXT = { ...PATH, bash: true } as const;

const known = new Map<string, (text: string) => boolean>();
/** Far more than a workflow has; what a person answers one by one is matched exactly. */
const MOST_KNOWN = 1_000;

function matcher(pattern: string, options: typeof PATH | typeof TEXT): (text: string) => boolean {
  const key = `${options === TEXT ? 'text' : 'path'} ${pattern}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  if (known.size >= MOST_KNOWN) known.clear();
  const expression = picomatch.makeRe(pattern, options);
  // Line breaks inside an argument are characters like others.
  const made = new RegExp(expression.source, `${expression.flags.replace('s', '')}s`);
  const matches = (text: string) => made.test(text);
  known.set(key, matches);
  return matches;
}
