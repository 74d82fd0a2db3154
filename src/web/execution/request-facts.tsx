import type { ReactNode } from 'react';
import type { ToolRequestDetail, ToolRequestView } from '../../contract/permissions.ts';
import { classNames } from '../design/class-names.ts';
import { asText } from './transcript/tool-arguments.ts';

/** Browsers lay out this much text without a noticeable delay. */
const maxCharacters = 20_000;

/** The details of a tool call: the command or the change first. */
export function RequestFacts({
  request,
  detail,
}: {
  request: ToolRequestView;
  detail: ToolRequestDetail | undefined;
}) {
  const { command, path, server, tool, folder, reason } = request;
  const diff = detail?.diff ?? null;
  const args = detail?.args ?? null;
  const hasSummary = command !== null || diff !== null;
  return (
    <>
      {command === null ? null : (
        <Block label="Command">
          <code>{asText(command).slice(0, maxCharacters)}</code>
        </Block>
      )}
      {diff === null ? null : (
        <Block label="Change">
          <DiffLines text={diff} />
        </Block>
      )}
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-0.5 text-sm">
        {path === null ? null : <Fact name={pathName(request)}>{path}</Fact>}
        <Fact name="Tool">{server === null ? tool : `${server}/${tool}`}</Fact>
        <Fact name="Folder">{folder}</Fact>
        {reason === null ? null : <Fact name="Reason">{reason}</Fact>}
      </dl>
      {args === null ? null : (
        <details open={!hasSummary} className="text-sm">
          <summary className="cursor-default text-muted">Arguments</summary>
          <Block label="Arguments">
            <code>{asText(args).slice(0, maxCharacters)}</code>
          </Block>
        </details>
      )}
    </>
  );
}

const pathName = ({ category }: ToolRequestView): string =>
  category === 'network' ? 'Address' : 'File';

function Fact({ name, children }: { name: string; children: string }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="font-mono [overflow-wrap:anywhere]">{asText(children)}</dd>
    </>
  );
}

function Block({ label, children }: { label: string; children: ReactNode }) {
  return (
    <section
      aria-label={label}
      // A scrollable area must be reachable by keyboard.
      // biome-ignore lint/a11y/noNoninteractiveTabindex: see above.
      tabIndex={0}
      className="scroll-thin max-h-56 overflow-auto whitespace-pre-wrap rounded-md border bg-sunken px-3 py-2 font-mono text-sm [overflow-wrap:anywhere]"
    >
      {children}
    </section>
  );
}

/** The sign at the start of a line repeats in text what its color shows. */
function DiffLines({ text }: { text: string }) {
  const lines = asText(text).slice(0, maxCharacters).replace(/\n$/, '').split('\n');
  return lines.map((line, index) => (
    <span
      // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a diff never change.
      key={index}
      className={classNames('block', lineClass(line))}
    >
      {line === '' ? ' ' : line}
    </span>
  ));
}

function lineClass(line: string): string | false {
  if (/^(---|\+\+\+|@@|diff |index )/.test(line)) return 'text-muted';
  if (line.startsWith('+')) return 'bg-[var(--diff-added)]';
  return line.startsWith('-') && 'bg-[var(--diff-deleted)]';
}
