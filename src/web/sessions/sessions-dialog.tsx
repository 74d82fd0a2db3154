import { useRef, useState } from 'react';
import type { SessionsQuery } from '../../contract/requests.ts';
import { Button } from '../design/button.tsx';
import { classNames } from '../design/class-names.ts';
import { Dialog } from '../design/dialog.tsx';
import { controlClass } from '../design/field.tsx';
import { type ShownSessionStatus, sessionStatusWord } from '../design/status.tsx';
import { Switch } from '../design/switch.tsx';
import { closeDialog } from '../kernel/route.ts';
import { ConnectionNotice } from '../shell/connection-notice.tsx';
import { ChosenButtons, DismissAllButton, type ListFilter } from './dismiss-button.tsx';
import { Orphans } from './orphans.tsx';
import { SessionList } from './session-list.tsx';
import { useSettledTyping } from './settled-typing.ts';
import { UndoDismissal } from './undo-dismissal.tsx';

const statuses: readonly ShownSessionStatus[] = [
  'waiting',
  'running',
  'queued',
  'cancelling',
  'finished',
  'failed',
  'cancelled',
];

/** Every cloud session that was not dismissed, what needs you first. */
export function SessionsDialog() {
  const [search, setSearch] = useState('');
  const [status, setStatus] = useState<ShownSessionStatus | null>(null);
  const [isShowingDismissed, setIsShowingDismissed] = useState(false);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const searchField = useRef<HTMLInputElement>(null);
  const settledSearch = useSettledTyping(search);
  const filter: ListFilter = { mode: 'cloud', search: settledSearch, ...statusQuery(status) };
  // What is out of sight must not be dismissed with what is in it.
  const narrow = <Value,>(set: (value: Value) => void) => {
    return (value: Value) => {
      set(value);
      setChosen(new Set());
    };
  };

  return (
    <Dialog
      title="Cloud Sessions"
      open
      onClose={closeDialog}
      width="full"
      header={
        <>
          <ConnectionNotice />
          <span className="flex-1" />
          {chosen.size === 0 ? (
            <DismissAllButton filter={filter} />
          ) : (
            <ChosenButtons
              chosen={chosen}
              withDismissed={isShowingDismissed}
              onDone={() => setChosen(new Set())}
            />
          )}
        </>
      }
      initialFocus={searchField}
    >
      <div className="flex shrink-0 flex-wrap items-center gap-x-4 gap-y-2 border-b px-4 py-2">
        <input
          ref={searchField}
          type="search"
          aria-label="Search sessions"
          placeholder="Search by name, id, repository or branch"
          value={search}
          onChange={(event) => narrow(setSearch)(event.target.value)}
          className={classNames(controlClass, 'h-7 w-72 max-w-full')}
        />
        <StatusFilter chosen={status} onChoose={narrow(setStatus)} />
        <Switch
          label="Include dismissed"
          checked={isShowingDismissed}
          onChange={narrow(setIsShowingDismissed)}
        />
      </div>
      <Orphans />
      <SessionList
        query={{ ...filter, order: 'needs-you-first', all: isShowingDismissed }}
        chosen={chosen}
        onChoose={setChosen}
        foot={<UndoDismissal />}
      />
    </Dialog>
  );
}

/** The daemon counts a queued session among the running ones; here each stands under the word that its row shows. */
function statusQuery(status: ShownSessionStatus | null): Pick<SessionsQuery, 'status' | 'queued'> {
  if (status === null) return {};
  if (status === 'queued') return { queued: 'true' };
  return status === 'running' ? { status, queued: 'false' } : { status };
}

function StatusFilter({
  chosen,
  onChoose,
}: {
  chosen: ShownSessionStatus | null;
  onChoose: (status: ShownSessionStatus | null) => void;
}) {
  const choices = [null, ...statuses];
  return (
    <fieldset className="flex flex-wrap gap-1">
      <legend className="sr-only">Status</legend>
      {choices.map((status) => (
        <Button
          key={status ?? 'all'}
          size="small"
          tone="quiet"
          aria-pressed={chosen === status}
          className="aria-pressed:bg-accent-soft aria-pressed:text-ink"
          onClick={() => onChoose(status)}
        >
          {status === null ? 'All' : sessionStatusWord(status)}
        </Button>
      ))}
    </fieldset>
  );
}
