import { Brain, ChevronRight, Pencil, ScrollText, Wrench } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import type { Backend } from '../../../contract/cloud-name.ts';
import { cleanText } from '../../../lib/clean-text.ts';
import { PlanChanges } from '../../changes/plan-changes.tsx';
import { classNames } from '../../design/class-names.ts';
import { Markdown } from '../../design/markdown.tsx';
import { Note } from './note.tsx';
import type { ToolRow, TranscriptRow } from './rows.ts';
import { FlowNote, PromptTitle } from './session-rows.tsx';
import { TerminalOutput } from './terminal-output.tsx';
import { asText, shortArguments } from './tool-arguments.ts';
import { type CommandResult, commandResult } from './tool-output.ts';

type RowProps = {
  row: TranscriptRow;
  backend: Backend;
  isOpen: boolean;
  onToggle: (key: string, isOpen: boolean) => void;
};

export const Row = memo(function Row({ row, backend, isOpen, onToggle }: RowProps) {
  switch (row.kind) {
    case 'text':
      return <Markdown text={row.text} />;
    case 'thinking':
      return (
        <Foldable icon={Brain} title="Thinking" row={row} isOpen={isOpen} onToggle={onToggle}>
          <p className="whitespace-pre-wrap text-muted [overflow-wrap:anywhere]">
            {cleanText(row.text)}
          </p>
        </Foldable>
      );
    case 'prompt':
      if (row.isFromUser)
        return <UserMessage title={<PromptTitle title={row.title} />} text={row.text} />;
      return (
        <Foldable
          icon={ScrollText}
          title={<PromptTitle title={row.title} />}
          row={row}
          isOpen={isOpen}
          onToggle={onToggle}
        >
          <PreformattedText>{row.text}</PreformattedText>
        </Foldable>
      );
    case 'tool':
      return <Tool row={row} isOpen={isOpen} onToggle={onToggle} />;
    case 'edited-plan':
      return (
        <Foldable
          icon={Pencil}
          title="What was changed in the plan"
          row={row}
          isOpen={isOpen}
          onToggle={onToggle}
        >
          <PlanChanges proposed={row.proposed} edited={row.edited} />
        </Foldable>
      );
    case 'note':
      return <Note row={row} backend={backend} />;
    case 'flow':
      return <FlowNote at={row.at} event={row.event} backend={backend} />;
    default:
      return row satisfies never;
  }
});

function Foldable({
  icon: Icon,
  title,
  row,
  isOpen,
  onToggle,
  children,
}: Omit<RowProps, 'backend'> & { icon: typeof Brain; title: ReactNode; children: ReactNode }) {
  return (
    <div className="rounded-md border">
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => onToggle(row.key, !isOpen)}
        className="flex w-full items-center gap-2 rounded-md px-2 py-1 text-left text-muted hover:bg-hover"
      >
        <ChevronRight
          aria-hidden
          size={12}
          className={classNames('shrink-0 transition-transform', isOpen && 'rotate-90')}
        />
        <Icon aria-hidden size={14} className="shrink-0" />
        <span className="min-w-0 flex-1 truncate">{title}</span>
      </button>
      {isOpen ? <div className="flex flex-col gap-2 border-t p-3">{children}</div> : null}
    </div>
  );
}

/** A message from the user; never collapsed. */
function UserMessage({ title, text }: { title: ReactNode; text: string }) {
  return (
    <div className="rounded-md border bg-accent-soft px-3 py-2">
      <h4 className="text-muted text-sm">{title}</h4>
      <p className="whitespace-pre-wrap [overflow-wrap:anywhere]">{cleanText(text)}</p>
    </div>
  );
}

const toolStatusLabels = {
  running: 'at work',
  completed: 'done',
  error: 'failed',
  unfinished: 'result not recorded',
} as const;

const toolStatusColors = {
  running: '',
  completed: '',
  error: 'text-danger',
  unfinished: 'text-warn',
};

function Tool({ row, ...rest }: Omit<RowProps, 'backend'> & { row: ToolRow }) {
  const command = commandResult(row.result);
  const title = (
    <>
      <span className="font-medium text-ink">{cleanText(row.name)}</span>{' '}
      <span className="font-mono text-sm">{shortArguments(row.args)}</span>
      <span className={classNames('ml-1.5 text-sm', toolStatusColors[row.status])}>
        · {toolStatusLabels[row.status]}
        {command?.exitCode ? `, exit code ${command.exitCode}` : ''}
      </span>
    </>
  );
  return (
    <Foldable icon={Wrench} title={title} row={row} {...rest}>
      <h4 className="text-muted text-sm">Arguments</h4>
      <PreformattedText>{row.args === undefined ? 'Not known' : asText(row.args)}</PreformattedText>
      <ToolResult row={row} command={command} />
      {row.isTruncated ? (
        <p className="text-muted text-sm">
          This is shortened, because it was too long to be stored.
        </p>
      ) : null}
    </Foldable>
  );
}

/** The output of a command, or the result of any other call. */
function ToolResult({ row, command }: { row: ToolRow; command: CommandResult | null }) {
  if (command !== null)
    return (
      <TerminalOutput
        title="Output"
        parts={command.output}
        emptyText="The command printed nothing."
      />
    );
  if (row.result === undefined && row.output.length > 0)
    return <TerminalOutput title="Output so far" parts={row.output} emptyText="" />;
  const none = row.status === 'running' ? 'None yet' : 'None';
  return (
    <>
      <h4 className="text-muted text-sm">Result</h4>
      <PreformattedText>{row.result === undefined ? none : asText(row.result)}</PreformattedText>
    </>
  );
}

/** Preformatted text of any length and origin. */
export function PreformattedText({ children }: { children: string }) {
  return (
    <pre className="scroll-thin max-h-96 overflow-auto whitespace-pre-wrap rounded-md bg-sunken p-2 font-mono text-sm [overflow-wrap:anywhere]">
      {cleanText(children)}
    </pre>
  );
}
