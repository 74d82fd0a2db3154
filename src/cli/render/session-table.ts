import type { AgentView } from '../../contract/agent-views.ts';
import type { SessionView } from '../../contract/session-views.ts';
import { ageOf, shortId } from '../../lib/format.ts';
import type { Appearance } from '../terminal/appearance.ts';
import { quiet, type Span, strong, toned } from '../terminal/lines.ts';
import {
  agentSign,
  isSettledAgent,
  isSettledSession,
  sessionSign,
  sessionStatusLabel,
  sessionTime,
  sessionTone,
} from './status.ts';
import { type Column, renderTable } from './table.ts';

type Options = Pick<Appearance, 'color' | 'unicode'> & {
  readonly width: number;
  readonly now: number;
};

const columns: readonly Column[] = [
  { title: 'SESSION', dropOrder: 0 },
  { title: 'WORKFLOW', dropOrder: 0, shrinkTo: 10 },
  { title: 'STATUS', dropOrder: 0 },
  { title: 'WAVE', dropOrder: 3 },
  { title: 'AGENTS', dropOrder: 2 },
  { title: 'STARTED', dropOrder: 4 },
  { title: 'ELAPSED', dropOrder: 1 },
  { title: 'WHERE', dropOrder: 5 },
];

/** One row a session, as `cerevisor sessions` shows them. */
export function renderSessionTable(sessions: readonly SessionView[], options: Options): string[] {
  return renderTable(
    columns,
    sessions.map((session) => rowOf(session, options)),
    options,
  );
}

function rowOf(session: SessionView, { now, unicode }: Options): Span[] {
  const tone = sessionTone(session);
  const sign = sessionSign(session, unicode);
  const plain = (text: string): Span => toned('plain', text);
  return [
    strong(shortId(session.id)),
    plain(session.workflow.name),
    toned(tone, `${sign} ${sessionStatusLabel(session)}${statusAge(session, now)}`),
    quiet(waveProgress(session)),
    plain(formatAgentCounts(session.agents, unicode)),
    quiet(ageOf(session.startedAt, now)),
    plain(sessionTime(session, now)),
    quiet(formatLocation(session)),
  ];
}

/** The age of the newest status of an unfinished session, because an old status may be wrong. */
function statusAge(session: SessionView, now: number): string {
  if (isSettledSession(session.status)) return '';
  const live = session.agents.filter((agent) => !isSettledAgent(agent.status));
  // Of a session that needs the user, only the agents that are concerned say since when.
  const isConcerned = ({ status, statusDetail }: AgentView): boolean =>
    session.status !== 'waiting' || status === 'requires-action' || statusDetail !== null;
  const newest = live
    .filter(isConcerned)
    .map((agent) => agent.statusAt)
    .sort()
    .at(-1);
  return newest === undefined ? '' : `, ${ageOf(newest, now)}`;
}

function waveProgress(session: SessionView): string {
  const open = session.agents.filter(({ wave, status }) => wave > 0 && !isSettledAgent(status));
  const current =
    open.length === 0 ? session.waveCount : Math.min(...open.map((agent) => agent.wave));
  return `${current}/${session.waveCount}`;
}

const countedStatuses = ['completed', 'failed', 'cancelled', 'skipped'] as const;

/** "✓3 ✗1 of 5": the number of settled agents by outcome, and of all agents. */
function formatAgentCounts(agents: readonly AgentView[], unicode: boolean): string {
  const parts = countedStatuses.flatMap((status) => {
    const count = agents.filter((agent) => agent.status === status).length;
    return count === 0 ? [] : [`${agentSign(status, unicode)}${count}`];
  });
  return `${parts.length === 0 ? '0' : parts.join(' ')} of ${agents.length}`;
}

function formatLocation(session: SessionView): string {
  const isRehearsal = session.backend === 'rehearsal';
  const parts = [
    ...(session.mode === 'local' || !isRehearsal ? [session.mode] : []),
    ...(isRehearsal ? ['rehearsal'] : []),
    ...(session.isDismissed ? ['dismissed'] : []),
  ];
  return parts.join(', ');
}
