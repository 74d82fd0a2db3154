import { useLayoutEffect, useRef } from 'react';
import { classNames } from '../design/class-names.ts';
import { lengthOf, terminalText } from './tool-output.ts';
import type { OutputPart } from './transcript-rows.ts';

/** This close to the end counts as reading along. */
const endSlackPx = 24;

/** What a command prints or printed. It stays at the end while someone reads along there. */
export function TerminalOutput({
  title,
  parts,
  nothing,
}: {
  title: string;
  parts: readonly OutputPart[];
  /** Said where nothing was printed. */
  nothing: string;
}) {
  const box = useRef<HTMLElement>(null);
  const isAtEnd = useRef(true);
  const length = lengthOf(parts);
  // With every word that comes, also when as much was cut off before it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the parts are what changes the height.
  useLayoutEffect(() => {
    const { current } = box;
    if (current !== null && isAtEnd.current) current.scrollTop = current.scrollHeight;
  }, [parts]);
  return (
    <>
      <h4 className="text-muted text-sm">{title}</h4>
      {length === 0 ? (
        <p className="text-muted">{nothing}</p>
      ) : (
        <section
          ref={box}
          aria-label={title}
          // It scrolls, so it can be reached by keyboard.
          // biome-ignore lint/a11y/noNoninteractiveTabindex: see above.
          tabIndex={0}
          onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
            isAtEnd.current = scrollHeight - scrollTop - clientHeight < endSlackPx;
          }}
          className="scroll-thin max-h-72 overflow-auto rounded-md border bg-sunken p-2"
        >
          <pre className="whitespace-pre-wrap font-mono text-sm [overflow-wrap:anywhere]">
            {parts.map((part, place) => (
              <span
                // biome-ignore lint/suspicious/noArrayIndexKey: parts only grow at the end.
                key={place}
                className={classNames(part.stream === 'stderr' && 'text-warn')}
              >
                {terminalText(part.text)}
              </span>
            ))}
          </pre>
        </section>
      )}
    </>
  );
}
