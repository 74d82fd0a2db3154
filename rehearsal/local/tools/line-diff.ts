export type LineDiff = { readonly added: number; readonly removed: number; readonly diff: string };

const context = 3;
/** Longer diffs are omitted, because the client stores all of it. */
const maxShownCharacters = 5_000;

/** The change between two texts as a unified diff with one hunk, from the first changed line to the last. */
export function lineDiff(before: string, after: string): LineDiff {
  const old = linesOf(before);
  const fresh = linesOf(after);
  let start = 0;
  while (start < old.length && start < fresh.length && old[start] === fresh[start]) start += 1;
  let end = 0;
  const maxEnd = Math.min(old.length, fresh.length) - start;
  while (end < maxEnd && old.at(-1 - end) === fresh.at(-1 - end)) end += 1;
  const removed = old.slice(start, old.length - end);
  const added = fresh.slice(start, fresh.length - end);
  if (removed.length + added.length === 0) return { added: 0, removed: 0, diff: '' };
  const counts = { added: added.length, removed: removed.length };
  if (counts.added + counts.removed > maxShownCharacters) return { ...counts, diff: '' };
  const lead = old.slice(Math.max(0, start - context), start);
  const trail = old.slice(old.length - end, old.length - end + context);
  const first = start - lead.length + 1;
  const size = (lines: readonly string[]) => lead.length + lines.length + trail.length;
  const diff = [
    `@@ -${first},${size(removed)} +${first},${size(added)} @@`,
    ...lead.map((line) => ` ${line}`),
    ...removed.map((line) => `-${line}`),
    ...added.map((line) => `+${line}`),
    ...trail.map((line) => ` ${line}`),
  ].join('\n');
  return { ...counts, diff };
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
