/** Parts of errors of the SDK that are megabytes long: lines of its bundled sources. */
const MAX_MESSAGE_LENGTH = 1_000;

/** The first line of an error, no longer than people read. */
export function shorten(words: string): string {
  const line = words.trim().split('\n', 1)[0] ?? '';
  return line.length > MAX_MESSAGE_LENGTH ? `${line.slice(0, MAX_MESSAGE_LENGTH)}…` : line;
}
