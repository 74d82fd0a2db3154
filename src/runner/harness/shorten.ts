/** Some SDK errors contain lines of bundled source, which are megabytes long. */
const MAX_MESSAGE_LENGTH = 1_000;

/** The first line of a message, shortened. */
export function shorten(text: string): string {
  const line = text.trim().split('\n', 1)[0] ?? '';
  return line.length > MAX_MESSAGE_LENGTH ? `${line.slice(0, MAX_MESSAGE_LENGTH)}…` : line;
}
