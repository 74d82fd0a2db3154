import { useLayoutEffect, useRef } from 'react';
import { classNames } from '../../design/class-names.ts';
import type { OutputPart } from './rows.ts';
import { outputLength, terminalText } from './tool-output.ts';

/** Within this distance of the end, the view follows new output. */
const followThresholdPx = 24;

/** The output of a command. It follows new output while it is scrolled to the end. */
export function TerminalOutput({
  title,
  parts,
  emptyText,
}: {
  title: string;
  parts: readonly OutputPart[];
  /** Shown if there is no output. */
  emptyText: string;
}) {
  const box = useRef<HTMLElement>(null);
  const isAtEnd = useRef(true);
  const length = outputLength(parts);
  // Also when as much was cut off at the start as was added.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the parts are what changes the height.
  useLayoutEffect(() => {
    const { current } = box;
    if (current !== null && isAtEnd.current) current.scrollTop = current.scrollHeight;
  }, [parts]);
  return (
    <>
      <h4 className="text-muted text-sm">{title}</h4>
      {length === 0 ? (
        <p className="text-muted">{emptyText}</p>
      ) : (
        <section
          ref={box}
          aria-label={title}
          // A scrollable area must be reachable by keyboard.
          // biome-ignore lint/a11y/noNoninteractiveTabindex: see above.
          tabIndex={0}
          onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
            isAtEnd.current = scrollHeight - scrollTop - clientHeight < followThresholdPx;
          }}
          className="scroll-thin max-h-72 overflow-auto rounded-md border bg-sunken p-2"
        >
          <pre className="whitespace-pre-wrap font-mono text-sm [overflow-wrap:anywhere]">
            {parts.map((part, index) => (
              <span
                // biome-ignore lint/suspicious/noArrayIndexKey: parts only grow at the end.
                key={index}
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
