import { useVirtualizer } from '@tanstack/react-virtual';
import { CloudOff, ListX } from 'lucide-react';
import { type ReactNode, useRef, useState } from 'react';
import type { SessionsQuery } from '../../contract/requests.ts';
import { plural } from '../../lib/format.ts';
import { EmptyState } from '../design/empty-state.tsx';
import { Failure } from '../kernel/failure.tsx';
import { pagesFor, useSessionRows } from './session-pages.ts';
import { SessionRow } from './session-row.tsx';

/** A virtualized list of sessions. */
export function SessionList({
  query,
  selected,
  onSelect,
  footer,
}: {
  query: SessionsQuery;
  selected: ReadonlySet<string>;
  onSelect: (selected: ReadonlySet<string>) => void;
  /** Next to the number of sessions; shown even if there are none. */
  footer: ReactNode;
}) {
  const [range, setRange] = useState({ first: 0, last: 0 });
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useSessionRows(query, pagesFor(range.first, range.last));
  const list = useVirtualizer({
    count: rows.total,
    getScrollElement: () => scroller.current,
    estimateSize: () => 57,
    getItemKey: (row) => rows.at(row)?.id ?? row,
    overscan: 6,
    onChange: ({ range: visible }) => {
      if (visible === null) return;
      const next = { first: Math.max(0, visible.startIndex - 6), last: visible.endIndex + 6 };
      setRange((known) => (known.first === next.first && known.last === next.last ? known : next));
    },
  });
  const toggle = (set: ReadonlySet<string>, id: string) => {
    const next = new Set(set);
    if (!next.delete(id)) next.add(id);
    return next;
  };

  if (rows.error !== null)
    return (
      <div className="p-4">
        <Failure error={rows.error} />
      </div>
    );
  if (rows.total === 0)
    return (
      <>
        {rows.isLoading ? <Loading /> : <NoSessions query={query} />}
        <Footer total={0}>{footer}</Footer>
      </>
    );
  return (
    <>
      <div
        ref={scroller}
        className="scroll-thin @container min-h-0 flex-1 overflow-y-auto short:min-h-48"
      >
        <ul aria-label="Sessions" className="relative" style={{ height: list.getTotalSize() }}>
          {list.getVirtualItems().map((item) => {
            const session = rows.at(item.index);
            return (
              <li
                key={item.key}
                ref={list.measureElement}
                data-index={item.index}
                className="absolute inset-x-0 top-0 border-b"
                style={{ transform: `translateY(${item.start}px)` }}
              >
                {session === undefined ? (
                  <div className="h-14" />
                ) : (
                  <SessionRow
                    session={session}
                    isOpen={open.has(session.id)}
                    onToggle={() => setOpen((known) => toggle(known, session.id))}
                    isSelected={selected.has(session.id)}
                    onSelect={() => onSelect(toggle(selected, session.id))}
                  />
                )}
              </li>
            );
          })}
        </ul>
      </div>
      <Footer total={rows.total}>{footer}</Footer>
    </>
  );
}

const emptyListTexts = {
  all: 'Sessions are listed here until you dismiss them.',
  cloud: 'Cloud sessions are listed here until you dismiss them.',
  local: 'Local sessions are listed here until you dismiss them.',
};

function NoSessions({ query }: { query: SessionsQuery }) {
  const kind = query.mode === undefined ? '' : `${query.mode} `;
  const icon = query.mode === 'cloud' ? CloudOff : ListX;
  const isFiltered =
    (query.search ?? '') !== '' || query.status !== undefined || query.queued !== undefined;
  return (
    <EmptyState icon={icon} title={isFiltered ? 'No session matches' : `No ${kind}sessions`}>
      {isFiltered
        ? 'Change the search or the status, or include dismissed sessions.'
        : emptyListTexts[query.mode ?? 'all']}
    </EmptyState>
  );
}

function Loading() {
  return <p className="flex-1 p-4 text-muted">Loading the sessions…</p>;
}

function Footer({ total, children }: { total: number; children: ReactNode }) {
  return (
    <div className="flex min-h-8 shrink-0 flex-wrap items-center gap-x-4 border-t px-4 text-muted text-sm">
      <span role="status" className="flex-1">
        {total === 0 ? '' : plural(total, 'session')}
      </span>
      {children}
    </div>
  );
}
