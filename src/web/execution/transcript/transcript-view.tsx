import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp, ScrollText } from 'lucide-react';
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { Backend } from '../../../contract/cloud-name.ts';
import type { SessionDetail } from '../../../contract/session-views.ts';
import { Button } from '../../design/button.tsx';
import { EmptyState } from '../../design/empty-state.tsx';
import { useConnectionState } from '../../kernel/connection.ts';
import { Failure } from '../../kernel/failure.tsx';
import { whenIdle } from '../../kernel/when-idle.ts';
import { estimateRowHeight } from './row-height.ts';
import type { TranscriptRow } from './rows.ts';
import { TranscriptSessionProvider } from './session-rows.tsx';
import { type TranscriptRange, useTranscript } from './transcript-feed.ts';
import { Row } from './transcript-row.tsx';

/** Within this distance of the end, the view follows new rows. */
const followThresholdPx = 48;
/** Within this distance of the top, the page before is loaded. */
const nearTopPx = 1200;

type ReadableTranscript = ReturnType<typeof useTranscript>;

/** A virtualized transcript that starts at its end. */
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
  // Retries as soon as the daemon can be reached again.
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
  const [openRows, setOpenRows] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [isAtEnd, setIsAtEnd] = useState(true);
  const scroller = useRef<HTMLElement>(null);
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) =>
      estimateRowHeight(rows[index], scroller.current?.clientWidth ?? innerWidth),
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 4,
    // Prepended rows and rows that grow keep the scroll position.
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: followThresholdPx,
  });
  useLayoutEffect(() => list.scrollToEnd(), [list]);
  const items = list.getVirtualItems();
  const first = items[0];
  const loadEarlierIfNearTop = () => {
    const isNearTop = (scroller.current?.scrollTop ?? 0) < nearTopPx;
    if (isNearTop && earlier === 'unread') void readEarlier();
  };
  // Also without scrolling, because the loaded rows may not fill the screen. Existing rows are rendered first.
  useEffect(() => whenIdle(loadEarlierIfNearTop));

  const [isScrollToStartPending, setIsScrollToStartPending] = useState(false);
  useEffect(() => {
    if (!isScrollToStartPending || earlier !== 'none') return;
    list.scrollToIndex(0);
    setIsScrollToStartPending(false);
  }, [isScrollToStartPending, earlier, list]);

  const toggle = useCallback(
    (key: string, isOpen: boolean) => setOpenRows((previous) => new Map(previous).set(key, isOpen)),
    [],
  );

  return (
    <div className="relative flex min-h-0 flex-1 flex-col short:h-[60dvh] short:flex-none">
      <section
        ref={scroller}
        aria-label="Transcript"
        className="scroll-thin min-h-0 flex-1 overflow-y-auto px-4 py-3"
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          setIsAtEnd(scrollHeight - scrollTop - clientHeight < followThresholdPx);
          loadEarlierIfNearTop();
        }}
      >
        <div style={{ height: list.getTotalSize() }}>
          {/* In normal flow, so that rows cannot overlap while their height is unknown. */}
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
                    isOpen={openRows.get(row.key) ?? isOpenByDefault(row)}
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
          <LoadEarlierButton {...loaded} onRequest={() => setIsScrollToStartPending(true)} />
          <Button size="small" className="shadow-2" onClick={() => list.scrollToEnd()}>
            <ArrowDown aria-hidden size={12} /> Go to the end
          </Button>
        </div>
      )}
    </div>
  );
}

/** The output of a running command is visible by default. */
const isOpenByDefault = (row: TranscriptRow): boolean =>
  row.kind === 'tool' && row.status === 'running' && row.output.length > 0;

/** Loads everything up to the beginning, and reports failures of earlier pages. */
function LoadEarlierButton({
  earlier,
  readEarlier,
  readToBeginning,
  onRequest,
}: ReadableTranscript & { onRequest: () => void }) {
  const [isLoading, setIsLoading] = useState(false);
  if (earlier === 'none') return null;
  if (typeof earlier === 'object')
    return (
      <Button size="small" className="shadow-2" onClick={() => void readEarlier()}>
        The earlier part could not be loaded: try again
      </Button>
    );
  const loadEarlier = async () => {
    setIsLoading(true);
    onRequest();
    await readToBeginning();
    setIsLoading(false);
  };
  return (
    <Button
      size="small"
      className="shadow-2"
      disabled={isLoading}
      onClick={() => void loadEarlier()}
    >
      <ArrowUp aria-hidden size={12} />
      {isLoading ? 'Loading the beginning…' : 'Go to the beginning'}
    </Button>
  );
}
