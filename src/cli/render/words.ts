import cliSpinners from 'cli-spinners';
import type { AgentStatus, SessionStatus } from '../../server/contract/views.ts';
import type { Tone } from '../terminal/lines.ts';

/** Signs used beside words, with a stand-in for terminals that only know ASCII. */
export const signs = (unicode: boolean) =>
  unicode
    ? { dot: '·', tool: '▸', output: '│', branch: '⎇', bullet: '•', arrow: '→', rule: '─' }
    : { dot: '-', tool: '>', output: '|', branch: 'on', bullet: '*', arrow: '->', rule: '-' };

type Mark = { readonly unicode: string; readonly ascii: string; readonly tone: Tone };

const agentMarks: Readonly<Record<AgentStatus, Mark>> = {
  waiting: { unicode: '○', ascii: '.', tone: 'quiet' },
  launching: { unicode: '◔', ascii: '^', tone: 'busy' },
  running: { unicode: '●', ascii: '*', tone: 'busy' },
  reconnecting: { unicode: '↻', ascii: '~', tone: 'attention' },
  unknown: { unicode: '?', ascii: '?', tone: 'attention' },
  cancelling: { unicode: '◍', ascii: '%', tone: 'attention' },
  completed: { unicode: '✓', ascii: '+', tone: 'good' },
  failed: { unicode: '✗', ascii: 'x', tone: 'bad' },
  skipped: { unicode: '⊘', ascii: '/', tone: 'quiet' },
  cancelled: { unicode: '■', ascii: '#', tone: 'quiet' },
};

const sessionMarks: Readonly<Record<SessionStatus, Mark>> = {
  running: agentMarks.running,
  waiting: { unicode: '!', ascii: '!', tone: 'attention' },
  cancelling: agentMarks.cancelling,
  finished: agentMarks.completed,
  failed: agentMarks.failed,
  cancelled: agentMarks.cancelled,
};

export const agentTone = (status: AgentStatus): Tone => agentMarks[status].tone;
export const sessionTone = (status: SessionStatus): Tone => sessionMarks[status].tone;

export const agentSign = (status: AgentStatus, unicode: boolean): string =>
  unicode ? agentMarks[status].unicode : agentMarks[status].ascii;
export const sessionSign = (status: SessionStatus, unicode: boolean): string =>
  unicode ? sessionMarks[status].unicode : sessionMarks[status].ascii;

/** The status as people read it: `waiting` of a session means that it waits for *them*. */
export const sessionWord = (status: SessionStatus): string =>
  status === 'waiting' ? 'needs you' : status;

/** The picture of a spinner at this moment; pure, so that a tree at an instant always looks the same. */
export function spinnerAt(now: number, unicode: boolean): string {
  const spinner = unicode ? cliSpinners.dots : cliSpinners.line;
  const index = Math.floor(now / spinner.interval) % spinner.frames.length;
  return spinner.frames[index] ?? '*';
}

export const isMoving = (status: AgentStatus): boolean =>
  status === 'launching' || status === 'running' || status === 'cancelling';

export const isSettledAgent = (status: AgentStatus): boolean =>
  status === 'completed' || status === 'failed' || status === 'skipped' || status === 'cancelled';

export const isSettledSession = (status: SessionStatus): boolean =>
  status === 'finished' || status === 'failed' || status === 'cancelled';

/** The first 8 characters after `s_`: what people see and type. */
export const shortId = (sessionId: string): string => sessionId.replace(/^s_/, '').slice(0, 8);
