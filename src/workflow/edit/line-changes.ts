/** One line of the difference between two texts. */
export type LineChange = { readonly kind: 'same' | 'removed' | 'added'; readonly text: string };

/** Unchanged lines shown before and after a change. */
const CONTEXT = 2;

/**
 * The difference between two versions of a short text, such as the instructions of an agent: the lines from the first to
 * the last difference, with some context.
 */
export function lineChanges(before: string | null, after: string | null): LineChange[] {
  const old = before === null ? [] : before.split('\n');
  const now = after === null ? [] : after.split('\n');
  const maxLength = Math.min(old.length, now.length);
  let start = 0;
  while (start < maxLength && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < maxLength - start && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  const lines = (kind: LineChange['kind'], texts: readonly string[]): LineChange[] =>
    texts.map((text) => ({ kind, text }));
  return [
    ...lines('same', old.slice(Math.max(0, start - CONTEXT), start)),
    ...lines('removed', old.slice(start, old.length - end)),
    ...lines('added', now.slice(start, now.length - end)),
    ...lines('same', old.slice(old.length - end, old.length - end + CONTEXT)),
  ];
}
