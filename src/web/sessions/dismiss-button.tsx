import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Archive, ArchiveRestore } from 'lucide-react';
import { useState } from 'react';
import type { SessionsQuery } from '../../contract/requests.ts';
import { plural } from '../../lib/format.ts';
import { ConfirmDialog } from '../design/confirm-dialog.tsx';
import { ActionButton } from '../kernel/action-button.tsx';
import { api } from '../kernel/api.ts';
import { queryKeys } from '../kernel/queries.ts';
import { useDismissal } from './dismissal.ts';

/** The filters that also limit what "Dismiss all" applies to. */
export type ListFilter = Pick<SessionsQuery, 'mode' | 'status' | 'queued' | 'search'>;

/** Dismisses all settled sessions that match the filter, after a confirmation. */
export function DismissAllButton({
  filter,
  isFilterSettled,
  chosenMode,
}: {
  filter: ListFilter;
  /** False while the user is still typing the search. */
  isFilterSettled: boolean;
  /** The run mode chosen by the user; undefined where the list itself has a fixed one. */
  chosenMode: ListFilter['mode'];
}) {
  const { dismiss } = useDismissal();
  const { data, isPlaceholderData } = useQuery({
    queryKey: [...queryKeys.sessions, 'settled', filter],
    queryFn: () => api.sessions({ ...filter, settled: 'true', limit: 1 }),
    placeholderData: keepPreviousData,
  });
  const total = data?.total ?? 0;
  // The number in the question is that of the sessions which are then dismissed, whatever the list shows meanwhile.
  const [question, setQuestion] = useState({ isOpen: false, filter, total });
  const isKnown = isFilterSettled && !isPlaceholderData;
  return (
    <>
      <ActionButton
        disabled={total === 0 || !isKnown}
        onClick={() => setQuestion({ isOpen: true, filter, total })}
      >
        <Archive aria-hidden size={14} className="max-sm:hidden" /> Dismiss all settled
      </ActionButton>
      <ConfirmDialog
        open={question.isOpen}
        onClose={() => setQuestion((asked) => ({ ...asked, isOpen: false }))}
        title={`Dismiss ${plural(question.total, 'settled session')}?`}
        action={`Dismiss ${plural(question.total, 'session')}`}
        cancel="Keep"
        tone="primary"
        onConfirm={() => dismiss({ ...question.filter, settled: true })}
      >
        <p>{filterDescription({ ...question.filter, mode: chosenMode })}</p>
        <p>Nothing is deleted: records and artifacts are kept, and the sessions can be restored.</p>
      </ConfirmDialog>
    </>
  );
}

function filterDescription({ status, search, mode }: ListFilter): string {
  const parts = [
    mode === undefined ? null : `the run mode “${mode}”`,
    status === undefined ? null : `the status “${status}”`,
    (search ?? '') === '' ? null : `the search “${search}”`,
  ].filter((part) => part !== null);
  if (parts.length === 0) return 'They are removed from the list.';
  return `Only sessions that match ${parts.join(' and ')} are removed from the list.`;
}

/** Actions for the selected sessions. The daemon skips those to which they do not apply. */
export function SelectionButtons({
  selected,
  withDismissed,
  onDone,
}: {
  selected: ReadonlySet<string>;
  withDismissed: boolean;
  onDone: () => void;
}) {
  const { dismiss, restore } = useDismissal();
  const ids = [...selected];
  return (
    <>
      {withDismissed ? (
        <ActionButton
          onClick={() => {
            restore(ids);
            onDone();
          }}
        >
          <ArchiveRestore aria-hidden size={14} /> Restore selected ({ids.length})
        </ActionButton>
      ) : null}
      <ActionButton
        onClick={() => {
          dismiss({ ids });
          onDone();
        }}
      >
        <Archive aria-hidden size={14} /> Dismiss selected ({ids.length})
      </ActionButton>
    </>
  );
}
