import { messageParts } from './message-parts.ts';

/** A message of the daemon, with commands and names set as code. */
export function MessageText({ text }: { text: string }) {
  return messageParts(text).map((part, index) =>
    part.isCode ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a message do not move.
      <code key={index} className="font-mono text-[0.92em] text-ink">
        {part.text}
      </code>
    ) : (
      part.text
    ),
  );
}
