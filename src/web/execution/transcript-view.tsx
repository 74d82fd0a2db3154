import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp, ScrollText } from 'lucide-react';
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { Backend } from '../../contract/cloud-name.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { Button } from '../design/button.tsx';
import { EmptyState } from '../design/empty-state.tsx';
import { useConnectionState } from '../kernel/connection.ts';
import { Failure } from '../kernel/failure.tsx';
import { whenIdle } from '../kernel/when-idle.ts';
import { aboutRowHeight } from './row-height.ts';
import { TranscriptSessionProvider } from './transcript-names.tsx';
import { Row } from './transcript-row.tsx';
import type { TranscriptRow } from './transcript-rows.ts';
import { type TranscriptRange, useTranscript } from './transcript-store.ts';

/** This close to the end counts as reading along. */
const endSlackPx = 48;
/** With no more than this above what is seen, the part before it is read. */
const nearTopPx = 1200;

type ReadableTranscript = ReturnType<typeof useTranscript>;

/** Everything that an agent said and did, from its end. Only the rows in sight exist on the page. */
export function TranscriptView({
  session,
  agentId,
  range,
}: {
  session: SessionDetail;
  agentId: string;
  range?: TranscriptRange;
}) {
  const { id: sessionId, backend } = session;
  const loaded = useTranscript(sessionId, agentId, 'whole', range);
  const { transcript, phase, earlier, readEnd, readEarlier } = loaded;
  const connection = useConnectionState();
  const hasFailed = typeof phase === 'object';
  const hasRows = transcript.rows.length > 0;
  // What could not be read while nobody answered is read as soon as someone does.
  useEffect(() => {
    if (hasFailed && connection === 'live') void readEnd();
  }, [hasFailed, connection, readEnd]);
  useEffect(() => {
    if (!hasRows && earlier === 'unread') void readEarlier();
  }, [hasRows, earlier, readEarlier]);

  if (hasFailed)
    return (
      <div className="p-4">
        <Failure error={phase.error} onRetry={() => void readEnd()} />
      </div>
    );
  if (hasRows)
    return (
      <TranscriptSessionProvider value={session}>
        <TranscriptList {...loaded} backend={backend} />
      </TranscriptSessionProvider>
    );
  const isReading = phase === 'loading' || earlier === 'unread' || earlier === 'reading';
  return (
    <EmptyState icon={ScrollText} title={isReading ? 'Loading the transcript…' : 'No output yet'} />
  );
}

function TranscriptList(loaded: ReadableTranscript & { backend: Backend }) {
  const { transcript, earlier, readEarlier } = loaded;
  const { rows } = transcript;
  const [folding, setFolding] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [isAtEnd, setIsAtEnd] = useState(true);
  const scroller = useRef<HTMLElement>(null);
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (place) =>
      aboutRowHeight(rows[place], scroller.current?.clientWidth ?? innerWidth),
    getItemKey: (place) => rows[place]?.key ?? place,
    overscan: 4,
    // Parts that are put before what is read, and rows that grow, leave the reader where they are.
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: endSlackPx,
  });
  useLayoutEffect(() => list.scrollToEnd(), [list]);
  const items = list.getVirtualItems();
  const first = items[0];
  const readAhead = () => {
    const isNearTop = (scroller.current?.scrollTop ?? 0) < nearTopPx;
    if (isNearTop && earlier === 'unread') void readEarlier();
  };
  // Also without scrolling: what has been read may not fill the screen yet. The rows that are there come first.
  useEffect(() => whenIdle(readAhead));

  const [isForBeginning, setIsForBeginning] = useState(false);
  useEffect(() => {
    if (!isForBeginning || earlier !== 'none') return;
    list.scrollToIndex(0);
    setIsForBeginning(false);
  }, [isForBeginning, earlier, list]);

  const toggle = useCallback(
    (key: string, isOpen: boolean) => setFolding((known) => new Map(known).set(key, isOpen)),
    [],
  );

  return (
    <div className="relative flex min-h-0 flex-1 flex-col short:h-[60dvh] short:flex-none">
      <section
        ref={scroller}
        aria-label="Transcript"
        className="scroll-thin min-h-0 flex-1 overflow-y-auto px-4 py-3"
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          setIsAtEnd(scrollHeight - scrollTop - clientHeight < endSlackPx);
          readAhead();
        }}
      >
        <div style={{ height: list.getTotalSize() }}>
          {/* One below the other, so that none can lie on the next while its height is not known yet. */}
          <div style={{ transform: `translateY(${first?.start ?? 0}px)` }}>
            {items.map((item) => {
              const row = rows[item.index];
              if (row === undefined) return null;
              return (
                <div
                  key={item.key}
                  ref={list.measureElement}
                  data-index={item.index}
                  className="pb-3"
                >
                  <Row
                    row={row}
                    backend={loaded.backend}
                    isOpen={folding.get(row.key) ?? isOpenByItself(row)}
                    onToggle={toggle}
                  />
                </div>
              );
            })}
          </div>
        </div>
      </section>
      {isAtEnd ? null : (
        <div className="absolute right-4 bottom-3 flex gap-2">
          <WayToBeginning {...loaded} onWanted={() => setIsForBeginning(true)} />
          <Button size="small" className="shadow-2" onClick={() => list.scrollToEnd()}>
            <ArrowDown aria-hidden size={12} /> Go to the end
          </Button>
        </div>
      )}
    </div>
  );
}

/** What a command prints is watched while it runs. */
const isOpenByItself = (row: TranscriptRow): boolean =>
  row.kind === 'tool' && row.status === 'running' && row.output.length > 0;

/** Says what becomes of the parts that are not read yet, and reads all of them for anyone who wants the beginning. */
function WayToBeginning({
  earlier,
  readEarlier,
  readToBeginning,
  onWanted,
}: ReadableTranscript & { onWanted: () => void }) {
  const [isOnTheWay, setIsOnTheWay] = useState(false);
  if (earlier === 'none') return null;
  if (typeof earlier === 'object')
    return (
      <Button size="small" className="shadow-2" onClick={() => void readEarlier()}>
        The earlier part could not be loaded: try again
      </Button>
    );
  const loadEarlier = async () => {
    setIsOnTheWay(true);
    onWanted();
    await readToBeginning();
    setIsOnTheWay(false);
  };
  return (
    <Button
      size="small"
      className="shadow-2"
      disabled={isOnTheWay}
      onClick={() => void loadEarlier()}
    >
      <ArrowUp aria-hidden size={12} />
      {isOnTheWay ? 'Loading the beginning…' : 'Go to the beginning'}
    </Button>
  );
}
