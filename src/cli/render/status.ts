import cliSpinners from 'cli-spinners';
import type { AgentStatus, AgentView } from '../../contract/agent-views.ts';
import type { SessionStatus, SessionView } from '../../contract/session-views.ts';
import { agentWorkedMs, sessionWorkedMs } from '../../contract/work-time.ts';
import { formatDuration } from '../../lib/format.ts';
import type { Tone } from '../terminal/lines.ts';

/** Symbols next to text, with replacements for ASCII terminals. */
export const signs = (unicode: boolean) =>
  unicode
    ? { dot: '·', tool: '▸', output: '│', branch: '⎇', bullet: '•', arrow: '→', rule: '─' }
    : { dot: '-', tool: '>', output: '|', branch: 'on', bullet: '*', arrow: '->', rule: '-' };

type Mark = { readonly unicode: string; readonly ascii: string; readonly tone: Tone };

const agentMarks: Readonly<Record<AgentStatus, Mark>> = {
  waiting: { unicode: '○', ascii: '.', tone: 'quiet' },
  queued: { unicode: '◌', ascii: ':', tone: 'quiet' },
  launching: { unicode: '◔', ascii: '^', tone: 'busy' },
  running: { unicode: '●', ascii: '*', tone: 'busy' },
  'requires-action': { unicode: '!', ascii: '!', tone: 'attention' },
  reconnecting: { unicode: '↻', ascii: '~', tone: 'attention' },
  unknown: { unicode: '?', ascii: '?', tone: 'attention' },
  cancelling: { unicode: '◍', ascii: '%', tone: 'attention' },
  completed: { unicode: '✓', ascii: '+', tone: 'good' },
  failed: { unicode: '✗', ascii: 'x', tone: 'bad' },
  skipped: { unicode: '⊘', ascii: '/', tone: 'quiet' },
  cancelled: { unicode: '■', ascii: '#', tone: 'quiet' },
};

type ShownSession = Pick<SessionView, 'status' | 'isQueued'>;
/** The displayed status: a session that waits for a free slot is queued, not running. */
type ShownStatus = SessionStatus | 'queued';

const sessionMarks: Readonly<Record<ShownStatus, Mark>> = {
  running: agentMarks.running,
  queued: agentMarks.queued,
  waiting: { unicode: '!', ascii: '!', tone: 'attention' },
  cancelling: agentMarks.cancelling,
  finished: agentMarks.completed,
  failed: agentMarks.failed,
  cancelled: agentMarks.cancelled,
};

const shownStatus = ({ status, isQueued }: ShownSession): ShownStatus =>
  status === 'running' && isQueued ? 'queued' : status;

export const agentTone = (status: AgentStatus): Tone => agentMarks[status].tone;
export const sessionTone = (session: ShownSession): Tone => sessionMarks[shownStatus(session)].tone;

export const agentSign = (status: AgentStatus, unicode: boolean): string =>
  unicode ? agentMarks[status].unicode : agentMarks[status].ascii;
export const sessionSign = (session: ShownSession, unicode: boolean): string => {
  const mark = sessionMarks[shownStatus(session)];
  return unicode ? mark.unicode : mark.ascii;
};

/** The status for display. A waiting session waits for the user. */
export const sessionStatusLabel = (session: ShownSession): string =>
  session.status === 'waiting' ? 'needs you' : shownStatus(session);

/** How long a session has worked; empty while it is queued. */
export const sessionTime = (
  session: ShownSession & Pick<SessionView, 'startedAt' | 'endedAt' | 'work'>,
  now: number,
): string =>
  shownStatus(session) === 'queued' ? '' : formatDuration(sessionWorkedMs(session, now));

/**
 * How long an agent has worked, by the cloud's own clock if it reports the duration; empty while the agent waits for its
 * turn.
 */
export function agentTime(
  agent: Pick<AgentView, 'status' | 'startedAt' | 'endedAt' | 'durationMs' | 'work'>,
  now: number,
): string {
  const workedMs = agentWorkedMs(agent, now);
  return workedMs === null || isWaiting(agent.status) ? '' : formatDuration(workedMs);
}

/** Whether an agent waits for other agents, for Cursor or for a free slot. */
export const isWaiting = (status: AgentStatus): boolean =>
  status === 'waiting' || status === 'queued';

/** The frame of the spinner at a time. Pure, so that the tree at a given time is always the same. */
export function spinnerAt(now: number, unicode: boolean): string {
  const spinner = unicode ? cliSpinners.dots : cliSpinners.line;
  const index = Math.floor(now / spinner.interval) % spinner.frames.length;
  return spinner.frames[index] ?? '*';
}

export const isActive = (status: AgentStatus): boolean =>
  status === 'launching' || status === 'running' || status === 'cancelling';

export const isSettledAgent = (status: AgentStatus): boolean =>
  status === 'completed' || status === 'failed' || status === 'skipped' || status === 'cancelled';

export const isSettledSession = (status: SessionStatus): boolean =>
  status === 'finished' || status === 'failed' || status === 'cancelled';
