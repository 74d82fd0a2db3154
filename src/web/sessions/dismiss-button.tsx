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

/** What narrows the list, and with it what all of it means. */
export type ListFilter = Pick<SessionsQuery, 'mode' | 'status' | 'queued' | 'search'>;

/** Takes everything off the list that has ended: of what the list shows, and only after asking. */
export function DismissAllButton({
  filter,
  chosenMode,
}: {
  filter: ListFilter;
  /** Chosen by the person, and not given by the list itself. */
  chosenMode: ListFilter['mode'];
}) {
  const [asked, setAsked] = useState<number | null>(null);
  const { dismiss } = useDismissal();
  const { data } = useQuery({
    queryKey: [...queryKeys.sessions, 'settled', filter],
    queryFn: () => api.sessions({ ...filter, settled: 'true', limit: 1 }),
    placeholderData: keepPreviousData,
  });
  const amount = data?.total ?? 0;
  const sessions = plural(asked ?? amount, 'settled session');
  return (
    <>
      <ActionButton disabled={amount === 0} onClick={() => setAsked(amount)}>
        <Archive aria-hidden size={14} className="max-sm:hidden" /> Dismiss all settled
      </ActionButton>
      <ConfirmDialog
        open={asked !== null}
        onClose={() => setAsked(null)}
        title={`Dismiss ${sessions}?`}
        action={`Dismiss ${plural(asked ?? amount, 'session')}`}
        cancel="Keep"
        tone="primary"
        onConfirm={() => dismiss({ ...filter, settled: true })}
      >
        <p>{dismissalWords({ ...filter, mode: chosenMode })}</p>
        <p>Nothing is deleted: records and artifacts are kept, and the sessions can be restored.</p>
      </ConfirmDialog>
    </>
  );
}

function dismissalWords({ status, search, mode }: ListFilter): string {
  const parts = [
    mode === undefined ? null : `the run mode “${mode}”`,
    status === undefined ? null : `the status “${status}”`,
    (search ?? '') === '' ? null : `the search “${search}”`,
  ].filter((part) => part !== null);
  if (parts.length === 0) return 'They are removed from the list.';
  return `Only sessions that match ${parts.join(' and ')} are removed from the list.`;
}

/** For what was ticked. Of those, the daemon changes what can be changed, and says how many that were. */
export function ChosenButtons({
  chosen,
  withDismissed,
  onDone,
}: {
  chosen: ReadonlySet<string>;
  withDismissed: boolean;
  onDone: () => void;
}) {
  const { dismiss, restore } = useDismissal();
  const ids = [...chosen];
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
