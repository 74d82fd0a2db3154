/** A piece of a message; code stands between backticks, as the command line shows it. */
export type MessagePart = { readonly text: string; readonly isCode: boolean };

/** Splits a message at its backticks. One that has no partner on its line is an ordinary character. */
export function codeParts(message: string): MessagePart[] {
  // With one group in the pattern, every second piece is what stood between backticks.
  return message
    .split(/`([^`\n]+)`/)
    .map((text, place) => ({ text, isCode: place % 2 === 1 }))
    .filter(({ text }) => text !== '');
}
