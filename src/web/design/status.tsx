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

type Look = { word: string; icon: LucideIcon; ink: string; soft: string; isMoving?: boolean };

const ok = { ink: 'text-ok', soft: 'bg-ok-soft' };
const info = { ink: 'text-info', soft: 'bg-info-soft' };
const warn = { ink: 'text-warn', soft: 'bg-warn-soft' };
const danger = { ink: 'text-danger', soft: 'bg-danger-soft' };
const quiet = { ink: 'text-muted', soft: 'bg-sunken' };

const agentLooks: Record<AgentStatus, Look> = {
  waiting: { word: 'Waiting', icon: CircleDashed, ...quiet },
  queued: { word: 'Queued', icon: Hourglass, ...quiet },
  launching: { word: 'Launching', icon: Rocket, ...info },
  running: { word: 'Running', icon: LoaderCircle, ...info, isMoving: true },
  'requires-action': { word: 'Needs you', icon: Hand, ...danger },
  reconnecting: { word: 'Reconnecting', icon: RefreshCw, ...warn, isMoving: true },
  unknown: { word: 'Unknown', icon: CircleHelp, ...warn },
  cancelling: { word: 'Cancelling', icon: Ban, ...warn },
  completed: { word: 'Completed', icon: CircleCheck, ...ok },
  failed: { word: 'Failed', icon: CircleX, ...danger },
  skipped: { word: 'Skipped', icon: CircleSlash, ...quiet },
  cancelled: { word: 'Cancelled', icon: Ban, ...quiet },
};

/** As people see a session: one that waits for a free slot is not called running. */
export type ShownSessionStatus = SessionStatus | 'queued';

const sessionLooks: Record<ShownSessionStatus, Look> = {
  queued: agentLooks.queued,
  running: { word: 'Running', icon: LoaderCircle, ...info, isMoving: true },
  waiting: { word: 'Needs you', icon: Hand, ...danger },
  cancelling: { word: 'Cancelling', icon: Ban, ...warn },
  finished: { word: 'Finished', icon: CircleCheck, ...ok },
  failed: { word: 'Failed', icon: CircleX, ...danger },
  cancelled: { word: 'Cancelled', icon: Ban, ...quiet },
};

function Badge({ look }: { look: Look }) {
  const { word, icon: Icon, ink, soft, isMoving } = look;
  return (
    <span
      className={classNames(
        'inline-flex h-5 shrink-0 items-center gap-1 rounded-sm px-1.5 font-medium text-sm',
        ink,
        soft,
      )}
    >
      <Icon
        aria-hidden
        size={12}
        className={isMoving ? 'animate-spin [animation-duration:2s]' : ''}
      />
      {word}
    </span>
  );
}

/** The status where its word has no room: read aloud, and shown on hover. */
export function AgentStatusIcon({ status }: { status: AgentStatus }) {
  const { word, icon: Icon, ink } = agentLooks[status];
  return (
    <span role="img" aria-label={word} title={word} className={classNames('shrink-0', ink)}>
      <Icon aria-hidden size={16} />
    </span>
  );
}

export function AgentStatusBadge({ status }: { status: AgentStatus }) {
  return <Badge look={agentLooks[status]} />;
}

type ShownSession = Pick<SessionView, 'status' | 'isQueued'>;

/** It is going, but nothing of it is at work: it waits for a free slot. */
export const isQueued = ({ status, isQueued }: ShownSession): boolean =>
  status === 'running' && isQueued;

export function SessionStatusBadge({ session }: { session: ShownSession }) {
  return <Badge look={sessionLooks[isQueued(session) ? 'queued' : session.status]} />;
}

export const agentStatusWord = (status: AgentStatus): string => agentLooks[status].word;
export const sessionStatusWord = (status: ShownSessionStatus): string => sessionLooks[status].word;

const settledStatuses: ReadonlySet<AgentStatus> = new Set([
  'completed',
  'failed',
  'skipped',
  'cancelled',
]);

/** It is not at work: it waits for other agents, for the cloud or for a free slot, and no clock runs. */
export const isHeldBack = (status: AgentStatus): boolean =>
  status === 'waiting' || status === 'queued';

/** Nothing more will happen to it. */
export const isSettled = (status: AgentStatus): boolean => settledStatuses.has(status);

export const isSessionSettled = (status: SessionStatus): boolean =>
  status === 'finished' || status === 'failed' || status === 'cancelled';
