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
import { useDebounced } from '../kernel/use-debounced.ts';
import { ConnectionNotice } from '../shell/connection-notice.tsx';
import { DismissAllButton, type ListFilter, SelectionButtons } from './dismiss-button.tsx';
import { Orphans } from './orphans.tsx';
import { SessionList } from './session-list.tsx';
import { UndoDismissal } from './undo-dismissal.tsx';

const statuses = (
  ['waiting', 'running', 'queued', 'cancelling', 'finished', 'failed', 'cancelled'] as const
).map((value) => ({ value, label: sessionStatusLabel(value) }));

const runModes = (['local', 'cloud'] as const).map((value) => ({
  value,
  label: runModeLabels[value],
}));

type RunMode = NonNullable<SessionsQuery['mode']>;

/** All cloud sessions that were not dismissed; those that need you come first. */
export const CloudSessionsDialog = () => (
  <SessionsDialog title="Cloud Sessions" fixedMode="cloud" />
);

/** All sessions, in any run mode. */
export const AllSessionsDialog = () => <SessionsDialog title="Sessions" fixedMode={null} />;

function SessionsDialog({ title, fixedMode }: { title: string; fixedMode: RunMode | null }) {
  const [runMode, setRunMode] = useState<RunMode | null>(fixedMode);
  const [search, setSearch] = useState('');
  const [status, setStatus] = useState<ShownSessionStatus | null>(null);
  const [isShowingDismissed, setIsShowingDismissed] = useState(false);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const searchField = useRef<HTMLInputElement>(null);
  const debouncedSearch = useDebounced(search);
  const filter: ListFilter = {
    search: debouncedSearch,
    ...statusQuery(status),
    ...(runMode !== null && { mode: runMode }),
  };
  // Sessions that are filtered out must not stay selected.
  const clearSelectionAfter = <Value,>(set: (value: Value) => void) => {
    return (value: Value) => {
      set(value);
      setSelected(new Set());
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
          {selected.size === 0 ? (
            <DismissAllButton
              filter={filter}
              isFilterSettled={search === debouncedSearch}
              chosenMode={fixedMode === null ? (runMode ?? undefined) : undefined}
            />
          ) : (
            <SelectionButtons
              selected={selected}
              withDismissed={isShowingDismissed}
              onDone={() => setSelected(new Set())}
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
          onChange={(event) => clearSelectionAfter(setSearch)(event.target.value)}
          className={classNames(controlClass, 'h-7 w-72 max-w-full')}
        />
        {fixedMode === null ? (
          <FilterButtons
            legend="Run mode"
            all="Everywhere"
            choices={runModes}
            selected={runMode}
            onSelect={clearSelectionAfter(setRunMode)}
          />
        ) : null}
        <FilterButtons
          legend="Status"
          all="All"
          choices={statuses}
          selected={status}
          onSelect={clearSelectionAfter(setStatus)}
        />
        <Switch
          label="Include dismissed"
          checked={isShowingDismissed}
          onChange={clearSelectionAfter(setIsShowingDismissed)}
        />
      </div>
      {runMode === 'local' ? null : <Orphans />}
      <SessionList
        query={{ ...filter, order: 'needs-you-first', all: isShowingDismissed }}
        selected={selected}
        onSelect={setSelected}
        footer={<UndoDismissal />}
      />
    </Dialog>
  );
}

/** The daemon counts queued sessions as running; the filter follows the status that a row shows. */
function statusQuery(status: ShownSessionStatus | null): Pick<SessionsQuery, 'status' | 'queued'> {
  if (status === null) return {};
  if (status === 'queued') return { queued: 'true' };
  return status === 'running' ? { status, queued: 'false' } : { status };
}

/** A group of buttons that selects one value or all. */
function FilterButtons<Value extends string>({
  legend,
  all,
  choices,
  selected,
  onSelect,
}: {
  legend: string;
  /** The label for no filter. */
  all: string;
  choices: readonly { readonly value: Value; readonly label: string }[];
  selected: Value | null;
  onSelect: (value: Value | null) => void;
}) {
  const shown: readonly { value: Value | null; label: string }[] = [
    { value: null, label: all },
    ...choices,
  ];
  return (
    <fieldset className="flex flex-wrap gap-1">
      <legend className="sr-only">{legend}</legend>
      {shown.map(({ value, label }) => (
        <Button
          key={value ?? 'all'}
          size="small"
          tone="quiet"
          aria-pressed={selected === value}
          className="aria-pressed:bg-accent-soft aria-pressed:text-ink"
          onClick={() => onSelect(value)}
        >
          {label}
        </Button>
      ))}
    </fieldset>
  );
}
