import { useRef, useState } from 'react';
import type { SessionsQuery } from '../../contract/requests.ts';
import { Button } from '../design/button.tsx';
import { classNames } from '../design/class-names.ts';
import { Dialog } from '../design/dialog.tsx';
import { controlClass } from '../design/field.tsx';
import { runModeLabels } from '../design/run-mode-labels.ts';
import { type ShownSessionStatus, sessionStatusLabel } from '../design/status.tsx';
import { Switch } from '../design/switch.tsx';
import { closeDialog } from '../kernel/route.ts';
import { ConnectionNotice } from '../shell/connection-notice.tsx';
import { ChosenButtons, DismissAllButton, type ListFilter } from './dismiss-button.tsx';
import { Orphans } from './orphans.tsx';
import { SessionList } from './session-list.tsx';
import { useSettledTyping } from './settled-typing.ts';
import { UndoDismissal } from './undo-dismissal.tsx';

const statuses = (
  ['waiting', 'running', 'queued', 'cancelling', 'finished', 'failed', 'cancelled'] as const
).map((value) => ({ value, word: sessionStatusLabel(value) }));

const places = (['local', 'cloud'] as const).map((value) => ({
  value,
  word: runModeLabels[value],
}));

type Place = NonNullable<SessionsQuery['mode']>;

/** Every cloud session that was not dismissed, what needs you first. */
export const CloudSessionsDialog = () => <SessionsDialog title="Cloud Sessions" only="cloud" />;

/** The same for all sessions, wherever they run. */
export const AllSessionsDialog = () => <SessionsDialog title="Sessions" only={null} />;

function SessionsDialog({ title, only }: { title: string; only: Place | null }) {
  const [place, setPlace] = useState<Place | null>(only);
  const [search, setSearch] = useState('');
  const [status, setStatus] = useState<ShownSessionStatus | null>(null);
  const [isShowingDismissed, setIsShowingDismissed] = useState(false);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const searchField = useRef<HTMLInputElement>(null);
  const settledSearch = useSettledTyping(search);
  const filter: ListFilter = {
    search: settledSearch,
    ...statusQuery(status),
    ...(place !== null && { mode: place }),
  };
  // What is out of sight must not be dismissed with what is in it.
  const narrow = <Value,>(set: (value: Value) => void) => {
    return (value: Value) => {
      set(value);
      setChosen(new Set());
    };
  };

  return (
    <Dialog
      title={title}
      open
      onClose={closeDialog}
      width="full"
      header={
        <>
          <ConnectionNotice />
          <span className="flex-1" />
          {chosen.size === 0 ? (
            <DismissAllButton
              filter={filter}
              chosenMode={only === null ? (place ?? undefined) : undefined}
            />
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
        {only === null ? (
          <FilterButtons
            legend="Run mode"
            all="Everywhere"
            choices={places}
            chosen={place}
            onChoose={narrow(setPlace)}
          />
        ) : null}
        <FilterButtons
          legend="Status"
          all="All"
          choices={statuses}
          chosen={status}
          onChoose={narrow(setStatus)}
        />
        <Switch
          label="Include dismissed"
          checked={isShowingDismissed}
          onChange={narrow(setIsShowingDismissed)}
        />
      </div>
      {place === 'local' ? null : <Orphans />}
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

/** One of a few, or all of them. */
function FilterButtons<Value extends string>({
  legend,
  all,
  choices,
  chosen,
  onChoose,
}: {
  legend: string;
  /** What it is called that nothing is chosen. */
  all: string;
  choices: readonly { readonly value: Value; readonly word: string }[];
  chosen: Value | null;
  onChoose: (value: Value | null) => void;
}) {
  const shown: readonly { value: Value | null; word: string }[] = [
    { value: null, word: all },
    ...choices,
  ];
  return (
    <fieldset className="flex flex-wrap gap-1">
      <legend className="sr-only">{legend}</legend>
      {shown.map(({ value, word }) => (
        <Button
          key={value ?? 'all'}
          size="small"
          tone="quiet"
          aria-pressed={chosen === value}
          className="aria-pressed:bg-accent-soft aria-pressed:text-ink"
          onClick={() => onChoose(value)}
        >
          {word}
        </Button>
      ))}
    </fieldset>
  );
}
