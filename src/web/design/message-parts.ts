/** A part of a message; code is what was between backticks. */
export type MessagePart = { readonly text: string; readonly isCode: boolean };

/** Splits a message at its backticks. A backtick without a partner on its line is an ordinary character. */
export function messageParts(message: string): MessagePart[] {
  // With one group in the pattern, every second part was between backticks.
  return message
    .split(/`([^`\n]+)`/)
    .map((text, place) => ({ text, isCode: place % 2 === 1 }))
    .filter(({ text }) => text !== '');
}
