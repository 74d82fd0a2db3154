/** Longer commands are truncated, with a reference to the file. */
const MAX_CHARACTERS = 4_000;

/**
 * Formats a command from a file as one line, for a question whether to allow it. Line breaks stay visible, because each
 * ends a comment and starts another command.
 */
export function formatCommand(text: string): string {
  const line = text
    .trim()
    .replace(/\s*\n\s*/g, ' ⏎ ')
    .replace(/\r/g, '␍')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');
  if (line.length <= MAX_CHARACTERS) return line;
  return `${line.slice(0, MAX_CHARACTERS)}… (${line.length} characters: read the rest in the file)`;
}
