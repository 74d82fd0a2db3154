/** More of one command than this is no longer read in a question, but in the file. */
const MOST_CHARACTERS = 4_000;

/**
 * A command from a file in one line, as a person reads it before they allow it. A line break ends a comment and begins
 * another command, so it stays visible, and so does the end of a long command.
 */
export function shownCommand(text: string): string {
  const line = text
    .trim()
    .replace(/\s*\n\s*/g, ' ⏎ ')
    .replace(/\r/g, '␍')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');
  if (line.length <= MOST_CHARACTERS) return line;
  const all = `(${line.length} characters: read the rest in the file)`;
  return `${line.slice(0, MOST_CHARACTERS)}… ${all}`;
}
