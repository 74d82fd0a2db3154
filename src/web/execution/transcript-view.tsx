import { useVirtualizer } from '@tanstack/react-virtual';
import {
  ArrowDown,
  Brain,
  ChevronRight,
  Info,
  ScrollText,
  TriangleAlert,
  Wrench,
} from 'lucide-react';
import { memo, type ReactNode, useEffect, useRef, useState } from 'react';
import { Failure } from '../app/failure.tsx';
import { Button } from '../design/button.tsx';
import { classNames } from '../design/class-names.ts';
import { EmptyState } from '../design/empty-state.tsx';
import { Markdown } from '../design/markdown.tsx';
import { asText, shortArguments } from './tool-arguments.ts';
import type { NoteRow, ToolRow, TranscriptRow } from './transcript.ts';
import { useTranscript } from './transcript-store.ts';

/** This close to the end counts as reading along. */
const endSlackPx = 48;

/** Everything that an agent said and did. Only the rows in sight exist on the page. */
export function TranscriptView({ sessionId, agentId }: { sessionId: string; agentId: string }) {
  const { transcript, phase } = useTranscript(sessionId, agentId, 'whole');
  const [openRows, setOpenRows] = useState<ReadonlySet<string>>(new Set());
  const scroller = useRef<HTMLElement>(null);
  const [isAtEnd, setIsAtEnd] = useState(true);
  const { rows } = transcript;
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 64,
    getItemKey: (place) => rows[place]?.key ?? place,
    overscan: 4,
  });
  const toEnd = () => list.scrollToIndex(rows.length - 1, { align: 'end' });
  const lastRow = rows.at(-1);

  useEffect(() => {
    if (isAtEnd && lastRow !== undefined) list.scrollToIndex(rows.length - 1, { align: 'end' });
  }, [isAtEnd, lastRow, rows.length, list]);

  const toggle = (key: string) =>
    setOpenRows((open) => {
      const next = new Set(open);
      if (!next.delete(key)) next.add(key);
      return next;
    });

  if (typeof phase === 'object') return <Failure error={phase.error} />;
  if (rows.length === 0)
    return (
      <EmptyState
        icon={ScrollText}
        title={phase === 'loading' ? 'Reading the transcript…' : 'Nothing said yet'}
      />
    );
  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <section
        ref={scroller}
        aria-label="Transcript"
        className="scroll-thin min-h-0 flex-1 overflow-y-auto px-4 py-3"
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) =>
          setIsAtEnd(scrollHeight - scrollTop - clientHeight < endSlackPx)
        }
      >
        <div className="relative" style={{ height: list.getTotalSize() }}>
          {list.getVirtualItems().map((item) => {
            const row = rows[item.index];
            if (row === undefined) return null;
            return (
              <div
                key={item.key}
                ref={list.measureElement}
                data-index={item.index}
                className="absolute inset-x-0 top-0 pb-3"
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <Row row={row} isOpen={openRows.has(row.key)} onToggle={toggle} />
              </div>
            );
          })}
        </div>
      </section>
      {isAtEnd ? null : (
        <Button size="small" className="absolute right-4 bottom-3 shadow-2" onClick={toEnd}>
          <ArrowDown aria-hidden size={12} /> To the end
        </Button>
      )}
    </div>
  );
}

type RowProps = { row: TranscriptRow; isOpen: boolean; onToggle: (key: string) => void };

const Row = memo(function Row({ row, isOpen, onToggle }: RowProps) {
  switch (row.kind) {
    case 'text':
      return <Markdown text={row.text} />;
    case 'thinking':
      return (
        <Foldable icon={Brain} title="Thinking" row={row} isOpen={isOpen} onToggle={onToggle}>
          <p className="whitespace-pre-wrap text-muted [overflow-wrap:anywhere]">{row.text}</p>
        </Foldable>
      );
    case 'prompt':
      return (
        <Foldable icon={ScrollText} title={row.title} row={row} isOpen={isOpen} onToggle={onToggle}>
          <Text>{row.text}</Text>
        </Foldable>
      );
    case 'tool':
      return <Tool row={row} isOpen={isOpen} onToggle={onToggle} />;
    case 'note':
      return <Note row={row} />;
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
}: RowProps & { icon: typeof Brain; title: ReactNode; children: ReactNode }) {
  return (
    <div className="rounded-md border">
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => onToggle(row.key)}
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

const toolWords = { running: 'at work', completed: 'done', error: 'failed' } as const;

function Tool({ row, ...rest }: RowProps & { row: ToolRow }) {
  const title = (
    <>
      <span className="font-medium text-ink">{row.name}</span>{' '}
      <span className="font-mono text-sm">{shortArguments(row.args)}</span>
      <span className={classNames('ml-1.5 text-sm', row.status === 'error' && 'text-danger')}>
        · {toolWords[row.status]}
      </span>
    </>
  );
  return (
    <Foldable icon={Wrench} title={title} row={row} {...rest}>
      <h4 className="text-muted text-sm">Arguments</h4>
      <Text>{row.args === undefined ? 'None known' : asText(row.args)}</Text>
      <h4 className="text-muted text-sm">Result</h4>
      <Text>{row.result === undefined ? 'None yet' : asText(row.result)}</Text>
      {row.isTruncated ? <p className="text-muted text-sm">Cursor shortened this.</p> : null}
    </Foldable>
  );
}

/** Text of any length and origin, as it is. */
export function Text({ children }: { children: string }) {
  return (
    <pre className="scroll-thin max-h-96 overflow-auto whitespace-pre-wrap rounded-md bg-sunken p-2 font-mono text-sm [overflow-wrap:anywhere]">
      {children}
    </pre>
  );
}

const noteInks = { plain: 'text-muted', warning: 'text-warn', error: 'text-danger' };

function Note({ row }: { row: NoteRow }) {
  const Icon = row.tone === 'plain' ? Info : TriangleAlert;
  return (
    <p className={classNames('flex items-start gap-2 text-sm', noteInks[row.tone])}>
      <Icon aria-hidden size={14} className="mt-px shrink-0" />
      <span className="[overflow-wrap:anywhere]">{row.text}</span>
      <time dateTime={row.at} className="ml-auto shrink-0 pl-2 text-muted tabular-nums">
        {new Date(row.at).toLocaleTimeString()}
      </time>
    </p>
  );
}
