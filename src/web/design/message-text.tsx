import { codeParts } from './code-parts.ts';

/** A message of the daemon, its commands and names as code. Everything that shows such a message shows it with this. */
export function MessageText({ text }: { text: string }) {
  return codeParts(text).map((part, place) =>
    part.isCode ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a message do not move.
      <code key={place} className="font-mono text-[0.92em] text-ink">
        {part.text}
      </code>
    ) : (
      part.text
    ),
  );
}
