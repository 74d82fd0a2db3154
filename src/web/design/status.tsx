import {
  Ban,
  CircleCheck,
  CircleDashed,
  CircleHelp,
  CircleSlash,
  CircleX,
  Hand,
  Hourglass,
  LoaderCircle,
  type LucideIcon,
  RefreshCw,
  Rocket,
} from 'lucide-react';
import type { AgentStatus } from '../../contract/agent-views.ts';
import type { SessionStatus, SessionView } from '../../contract/session-views.ts';
import { classNames } from './class-names.ts';

type StatusStyle = {
  label: string;
  icon: LucideIcon;
  ink: string;
  background: string;
  isAnimated?: boolean;
};

const ok = { ink: 'text-ok', background: 'bg-ok-soft' };
const info = { ink: 'text-info', background: 'bg-info-soft' };
const warn = { ink: 'text-warn', background: 'bg-warn-soft' };
const danger = { ink: 'text-danger', background: 'bg-danger-soft' };
const quiet = { ink: 'text-muted', background: 'bg-sunken' };

const agentStyles: Record<AgentStatus, StatusStyle> = {
  waiting: { label: 'Waiting', icon: CircleDashed, ...quiet },
  queued: { label: 'Queued', icon: Hourglass, ...quiet },
  launching: { label: 'Launching', icon: Rocket, ...info },
  running: { label: 'Running', icon: LoaderCircle, ...info, isAnimated: true },
  'requires-action': { label: 'Needs you', icon: Hand, ...danger },
  reconnecting: { label: 'Reconnecting', icon: RefreshCw, ...warn, isAnimated: true },
  unknown: { label: 'Unknown', icon: CircleHelp, ...warn },
  cancelling: { label: 'Cancelling', icon: Ban, ...warn },
  completed: { label: 'Completed', icon: CircleCheck, ...ok },
  failed: { label: 'Failed', icon: CircleX, ...danger },
  skipped: { label: 'Skipped', icon: CircleSlash, ...quiet },
  cancelled: { label: 'Cancelled', icon: Ban, ...quiet },
};

/** The status shown for a session: one that waits for a free slot is queued, not running. */
export type ShownSessionStatus = SessionStatus | 'queued';

const sessionStyles: Record<ShownSessionStatus, StatusStyle> = {
  queued: agentStyles.queued,
  running: { label: 'Running', icon: LoaderCircle, ...info, isAnimated: true },
  waiting: { label: 'Needs you', icon: Hand, ...danger },
  cancelling: { label: 'Cancelling', icon: Ban, ...warn },
  finished: { label: 'Finished', icon: CircleCheck, ...ok },
  failed: { label: 'Failed', icon: CircleX, ...danger },
  cancelled: { label: 'Cancelled', icon: Ban, ...quiet },
};

function Badge({ style }: { style: StatusStyle }) {
  const { label, icon: Icon, ink, background, isAnimated } = style;
  return (
    <span
      className={classNames(
        'inline-flex h-5 shrink-0 items-center gap-1 rounded-sm px-1.5 font-medium text-sm',
        ink,
        background,
      )}
    >
      <Icon
        aria-hidden
        size={12}
        className={isAnimated ? 'animate-spin [animation-duration:2s]' : ''}
      />
      {label}
    </span>
  );
}

/** The status as an icon, with its label as accessible name and tooltip. */
export function AgentStatusIcon({ status }: { status: AgentStatus }) {
  const { label, icon: Icon, ink } = agentStyles[status];
  return (
    <span role="img" aria-label={label} title={label} className={classNames('shrink-0', ink)}>
      <Icon aria-hidden size={16} />
    </span>
  );
}

export function AgentStatusBadge({ status }: { status: AgentStatus }) {
  return <Badge style={agentStyles[status]} />;
}

type ShownSession = Pick<SessionView, 'status' | 'isQueued'>;

/** Running, but all its agents wait for a free slot. */
export const isQueued = ({ status, isQueued }: ShownSession): boolean =>
  status === 'running' && isQueued;

export function SessionStatusBadge({ session }: { session: ShownSession }) {
  return <Badge style={sessionStyles[isQueued(session) ? 'queued' : session.status]} />;
}

export const agentStatusLabel = (status: AgentStatus): string => agentStyles[status].label;
export const sessionStatusLabel = (status: ShownSessionStatus): string =>
  sessionStyles[status].label;

const settledStatuses: ReadonlySet<AgentStatus> = new Set([
  'completed',
  'failed',
  'skipped',
  'cancelled',
]);

/** Waits for other agents, for the cloud or for a free slot; no working time passes. */
export const isWaitingToRun = (status: AgentStatus): boolean =>
  status === 'waiting' || status === 'queued';

export const isSettled = (status: AgentStatus): boolean => settledStatuses.has(status);

export const isSessionSettled = (status: SessionStatus): boolean =>
  status === 'finished' || status === 'failed' || status === 'cancelled';
