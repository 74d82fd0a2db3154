import {
  Circle,
  CircleDot,
  CloudOff,
  Laptop,
  LoaderCircle,
  type LucideIcon,
  PlugZap,
} from 'lucide-react';
import type { StatusView } from '../../contract/daemon-views.ts';
import { plural } from '../../lib/format.ts';
import { classNames } from '../design/class-names.ts';
import { Age } from '../design/relative-time.tsx';
import { useConnectionState } from '../kernel/connection.ts';
import type { ConnectionState } from '../kernel/event-stream.ts';
import { useLiveCloudSessions, useLiveLocalSessions, useStatus } from '../kernel/queries.ts';
import { go, openExecution } from '../kernel/route.ts';

/** The bottom edge: what runs, and who answers. */
export function StatusBar() {
  const { data: status } = useStatus();
  const connection = useConnectionState();
  const isOffline = connection === 'offline';
  return (
    <footer className="flex h-7 shrink-0 items-center gap-4 overflow-hidden whitespace-nowrap border-t bg-surface px-3 text-muted text-sm">
      <LiveCloudButton />
      <LocalAgentsButton />
      <span className="flex-1" />
      {status?.journal.trouble ? (
        <span role="alert" className="text-danger">
          {status.journal.trouble.message}
        </span>
      ) : null}
      {status?.installed && !isOffline ? <Updated version={status.installed} /> : null}
      {status && !isOffline ? <BackendState backend={status.backend} /> : null}
      <DaemonState state={connection} />
    </footer>
  );
}

/** The daemon that answers is older than what is installed by now. */
function Updated({ version }: { version: string }) {
  return (
    <span
      role="status"
      className="text-warn"
      title="Stop Cerevisor and start it again to use the new version. Cloud agents continue."
    >
      Updated to {version}: restart Cerevisor to use it
    </span>
  );
}

function LiveCloudButton() {
  const { data: live } = useLiveCloudSessions();
  const [first] = live?.items ?? [];
  if (live === undefined || first === undefined) return null;
  const isOne = live.total === 1;
  return (
    <button
      type="button"
      onClick={() => openExecution(first.id)}
      className="flex h-full items-center gap-1.5 rounded-sm px-1 text-ink hover:bg-hover"
    >
      <CircleDot aria-hidden size={12} className="text-accent" />
      Cloud run active
      {isOne ? null : <span className="text-muted">· {plural(live.total, 'session')}</span>}
    </button>
  );
}

/** How many agents are at work on this machine, over all sessions. */
function LocalAgentsButton() {
  const { data: status } = useStatus();
  const atWork = status?.liveLocalAttempts ?? 0;
  const { data: live } = useLiveLocalSessions(atWork);
  if (atWork === 0) return null;
  const [first] = live?.items ?? [];
  return (
    <button
      type="button"
      onClick={() =>
        live?.total === 1 && first !== undefined
          ? openExecution(first.id)
          : go({ dialog: 'all-sessions' })
      }
      className="flex h-full items-center gap-1.5 rounded-sm px-1 text-ink hover:bg-hover"
    >
      <Laptop aria-hidden size={12} className="text-accent" />
      {plural(atWork, 'local agent')} at work
    </button>
  );
}

const backendWords: Record<StatusView['backend']['state'], { word: string; ink: string }> = {
  unknown: { word: 'not checked yet', ink: 'text-muted' },
  reachable: { word: 'reachable', ink: 'text-ok' },
  unreachable: { word: 'cannot be reached', ink: 'text-warn' },
  refused: { word: 'rejected the key', ink: 'text-danger' },
};

function BackendState({ backend }: { backend: StatusView['backend'] }) {
  const { word, ink } = backendWords[backend.state];
  const isFine = backend.state === 'reachable' || backend.state === 'unknown';
  const Icon = isFine ? Circle : CloudOff;
  return (
    <button
      type="button"
      title={backend.detail ?? backend.url}
      onClick={() => go({ dialog: 'settings', tab: 'providers' })}
      className={classNames(
        'flex items-center gap-1.5 rounded-sm px-1 hover:bg-hover',
        isFine && 'max-sm:hidden',
      )}
    >
      <Icon aria-hidden size={10} className={classNames(ink, 'fill-current')} />
      <span>
        {backend.kind === 'rehearsal' ? 'Rehearsal cloud' : 'Cursor'} {word}
        {backend.checkedAt === null ? null : (
          <>
            , <Age instant={backend.checkedAt} />
          </>
        )}
      </span>
    </button>
  );
}

const daemonWords: Record<ConnectionState, { word: string; icon: LucideIcon; ink: string }> = {
  connecting: { word: 'Connecting…', icon: LoaderCircle, ink: 'text-muted' },
  'catching-up': { word: 'Catching up…', icon: LoaderCircle, ink: 'text-info' },
  live: { word: 'Up to date', icon: Circle, ink: 'text-ok fill-current' },
  offline: { word: 'Cerevisor does not respond; reconnecting', icon: PlugZap, ink: 'text-danger' },
  'signed-out': { word: 'Logged out', icon: PlugZap, ink: 'text-danger' },
};

function DaemonState({ state }: { state: ConnectionState }) {
  const { word, icon: Icon, ink } = daemonWords[state];
  return (
    <span role="status" className="flex items-center gap-1.5">
      <Icon aria-hidden size={state === 'live' ? 10 : 12} className={ink} />
      {word}
    </span>
  );
}
