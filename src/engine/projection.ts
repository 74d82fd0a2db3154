import type { AttemptRow, Projection, SessionRow } from '../journal/types.ts';
import { evolve } from '../session/evolve.ts';
import { hasAgentsAt, locationOf } from '../session/run-location.ts';
import { isLive, latestTurn } from '../session/select.ts';
import type { SessionState } from '../session/state.ts';
import { isQueued } from '../session/status/queue.ts';
import { requiresAction, sessionStatus } from '../session/status/session-status.ts';

/** Increase it whenever `SessionState` or its row changes: stored states of other versions are folded again. */
const STATE_VERSION = 12;

/** How the journal turns a session's events into its state and its rows. */
export const sessionProjection: Projection = {
  version: STATE_VERSION,
  evolve: (state, event, at, sessionId) => evolve(state, event, { at, sessionId }),
  row: rowOf,
  attempts: attemptsOf,
};

function rowOf(state: SessionState): SessionRow {
  const { phase } = state;
  return {
    state,
    workflowId: state.workflow.id,
    workflowName: state.workflow.name,
    mode: modeOf(state),
    status: rowStatus(state),
    needsYou: requiresAction(state) !== null,
    isSettled: phase.kind === 'ended',
    isDismissed: state.isDismissed,
    startedAt: state.startedAt,
    endedAt: phase.kind === 'ended' ? phase.at : null,
    searchText: searchTextOf(state),
  };
}

/** The status of a session for lists, which distinguish `queued` from `running`. */
function rowStatus(state: SessionState): string {
  const status = sessionStatus(state);
  return status === 'running' && isQueued(state) ? 'queued' : status;
}

function searchTextOf(state: SessionState): string {
  const texts = [
    state.id,
    state.workflow.name,
    state.workflow.description,
    ...state.repositories.map(({ url }) => url),
    ...state.workflow.agents.flatMap(({ id, name, role }) => [id, name, role]),
    ...state.agents.flatMap((agent) => [
      agent.phase.kind === 'settled' ? (agent.phase.cause?.message ?? '') : '',
      ...agent.attempts.flatMap((attempt) => [
        attempt.threadId,
        ...attempt.branches.flatMap(({ branch, prUrl }) => [branch ?? '', prUrl ?? '']),
      ]),
    ]),
  ];
  return texts.filter((text) => text !== '').join('\n');
}

function modeOf(state: SessionState): SessionRow['mode'] {
  const isInCloud = hasAgentsAt(state, 'cloud');
  if (!hasAgentsAt(state, 'this-machine')) return 'cloud';
  return isInCloud ? 'mixed' : 'local';
}

function attemptsOf(state: SessionState): AttemptRow[] {
  return state.agents.flatMap((agent) =>
    agent.attempts.map((attempt) => ({
      sessionId: state.id,
      agentId: agent.id,
      attempt: attempt.number,
      threadId: attempt.threadId,
      latestTurnId: latestTurn(attempt)?.id ?? null,
      location: locationOf(attempt.runtime),
      isLive: attempt === agent.attempts.at(-1) && isLive(agent),
    })),
  );
}
