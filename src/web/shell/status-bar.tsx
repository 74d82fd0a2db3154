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
import { navigate, openExecution } from '../kernel/route.ts';

/** The status bar: what runs, and whether cloud and daemon can be reached. */
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
      {status?.installed && !isOffline ? <UpdateNotice version={status.installed} /> : null}
      {status && !isOffline ? <BackendState backend={status.backend} /> : null}
      <DaemonState state={connection} />
    </footer>
  );
}

/** The running daemon is older than the installed version. */
function UpdateNotice({ version }: { version: string }) {
  return (
    <span
      role="status"
      className="text-warn"
      title="Stop Cerevisor and start it again to use the new version. Cloud agents continue."
    >
      UpdateNotice to {version}: restart Cerevisor to use it
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

/** The number of agents that work on this machine, over all sessions. */
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
          : navigate({ dialog: 'all-sessions' })
      }
      className="flex h-full items-center gap-1.5 rounded-sm px-1 text-ink hover:bg-hover"
    >
      <Laptop aria-hidden size={12} className="text-accent" />
      {plural(atWork, 'local agent')} at work
    </button>
  );
}

const backendLabels: Record<StatusView['backend']['state'], { label: string; ink: string }> = {
  unknown: { label: 'not checked yet', ink: 'text-muted' },
  reachable: { label: 'reachable', ink: 'text-ok' },
  unreachable: { label: 'cannot be reached', ink: 'text-warn' },
  refused: { label: 'rejected the key', ink: 'text-danger' },
};

function BackendState({ backend }: { backend: StatusView['backend'] }) {
  const { label, ink } = backendLabels[backend.state];
  const isFine = backend.state === 'reachable' || backend.state === 'unknown';
  const Icon = isFine ? Circle : CloudOff;
  return (
    <button
      type="button"
      title={backend.detail ?? backend.url}
      onClick={() => navigate({ dialog: 'settings', tab: 'providers' })}
      className={classNames(
        'flex items-center gap-1.5 rounded-sm px-1 hover:bg-hover',
        isFine && 'max-sm:hidden',
      )}
    >
      <Icon aria-hidden size={10} className={classNames(ink, 'fill-current')} />
      <span>
        {backend.kind === 'rehearsal' ? 'Rehearsal cloud' : 'Cursor'} {label}
        {backend.checkedAt === null ? null : (
          <>
            , <Age instant={backend.checkedAt} />
          </>
        )}
      </span>
    </button>
  );
}

const connectionLabels: Record<ConnectionState, { label: string; icon: LucideIcon; ink: string }> =
  {
    connecting: { label: 'Connecting…', icon: LoaderCircle, ink: 'text-muted' },
    'catching-up': { label: 'Catching up…', icon: LoaderCircle, ink: 'text-info' },
    live: { label: 'Up to date', icon: Circle, ink: 'text-ok fill-current' },
    offline: {
      label: 'Cerevisor does not respond; reconnecting',
      icon: PlugZap,
      ink: 'text-danger',
    },
    'signed-out': { label: 'Logged out', icon: PlugZap, ink: 'text-danger' },
  };

function DaemonState({ state }: { state: ConnectionState }) {
  const { label, icon: Icon, ink } = connectionLabels[state];
  return (
    <span role="status" className="flex items-center gap-1.5">
      <Icon aria-hidden size={state === 'live' ? 10 : 12} className={ink} />
      {label}
    </span>
  );
}
