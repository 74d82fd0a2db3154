import {
  ancestors,
  graphOfSession,
  isLive,
  isSettled,
  latestAttempt,
  purposeOf,
  upstreamAgents,
} from '../../src/session/select.ts';
import { flowGraphOfSession } from '../../src/session/session-flow.ts';
import type { AgentState, Attempt, SessionState } from '../../src/session/state.ts';
import { ancestorsOf } from '../../src/workflow/graph.ts';

/** Returns the violated invariants of a state as sentences. */
export function violations(state: SessionState): string[] {
  return [
    ...state.agents.flatMap((agent) => [
      ...phaseViolations(agent),
      ...agent.attempts.flatMap((attempt) => attemptViolations(agent, attempt)),
      ...orderViolations(state, agent),
      ...skipViolations(state, agent),
    ]),
    ...idViolations(state),
    ...endViolations(state),
    ...handoffViolations(state),
  ];
}

const unless = (isFine: boolean, sentence: string): string[] => (isFine ? [] : [sentence]);

const isOver = (attempt: Attempt | undefined): boolean =>
  (attempt?.turns ?? []).every(({ ended }) => ended !== null);

function phaseViolations(agent: AgentState): string[] {
  const attempt = latestAttempt(agent);
  const turns = attempt?.turns.length ?? 0;
  switch (agent.phase.kind) {
    case 'waiting':
      return unless(isOver(attempt), `${agent.id} waits while its run lives`);
    case 'launching':
      return unless(
        attempt !== undefined && attempt.launchedAt === null && turns === 0,
        `${agent.id} is launching what was launched`,
      );
    case 'running':
      return unless(turns > 0, `${agent.id} runs without a run`);
    case 'following-up':
      return unless(turns > 0 && isOver(attempt), `${agent.id} is asked on while its run lives`);
    case 'settled':
      return [
        ...unless(isOver(attempt) && !isLive(agent), `${agent.id} is settled and lives`),
        ...unless(
          agent.phase.outcome !== 'completed' ||
            attempt?.turns.some(({ ended }) => ended?.outcome === 'finished') === true,
          `${agent.id} is completed without a finished run`,
        ),
      ];
    default:
      return agent.phase satisfies never;
  }
}

function attemptViolations(agent: AgentState, attempt: Attempt): string[] {
  const isLatest = attempt === latestAttempt(agent);
  const alive = attempt.turns.filter(({ ended }) => ended === null);
  const name = `attempt ${attempt.number} of ${agent.id}`;
  return [
    ...unless(attempt.number === agent.attempts.indexOf(attempt) + 1, `${name} is misnumbered`),
    ...unless(alive.length <= 1, `${name} has two live runs`),
    ...unless(
      alive[0] === undefined || alive[0] === attempt.turns.at(-1),
      `${name}: old run lives`,
    ),
    ...unless(isLatest || alive.length === 0, `${name} was replaced and lives`),
    ...unless(attempt.launchedAt !== null || alive.length === 0, `${name} runs unlaunched`),
  ];
}

/** A launched agent needs completed upstream agents. */
function orderViolations(state: SessionState, agent: AgentState): string[] {
  // In a loop, upstream agents may already be in the next round or retried; each launch is checked separately.
  const attempt = latestAttempt(agent);
  // In an earlier round of the whole workflow, the upstream agents may have been different.
  if (attempt === undefined || attempt.round !== agent.round) return [];
  if (flowGraphOfSession(state).loops.length > 0) return [];
  return upstreamAgents(state, agent.id).flatMap((upstream) => {
    const { phase } = upstream;
    const isCompleted = phase.kind === 'settled' && phase.outcome === 'completed';
    const isNotTaken = phase.kind === 'settled' && phase.cause?.code === 'not_taken';
    // An agent that started after an end that was later contradicted continues.
    const wasTakenBack = [upstream, ...ancestors(state, upstream.id)].some(wasContradicted);
    return unless(
      isCompleted || isNotTaken || isFollowingUp(upstream) || wasTakenBack,
      `${agent.id} was launched although ${upstream.id} is not completed`,
    );
  });
}

const wasContradicted = ({ attempts }: AgentState): boolean =>
  attempts.some(({ turns }) => turns.some(({ ended }) => ended?.check === 'contradicted'));

/** Whether an agent processes a follow-up after its work. */
function isFollowingUp({ phase, attempts }: AgentState): boolean {
  const attempt = attempts.at(-1);
  const turn = attempt?.turns.at(-1);
  if (phase.kind === 'following-up' && phase.purpose !== 'resume')
    return phase.purpose === 'message' || attempt?.isDelivered === true;
  if (attempt === undefined || turn === undefined) return false;
  return purposeOf(attempt, turn) === 'message' || attempt.isDelivered === true;
}

function skipViolations(state: SessionState, agent: AgentState): string[] {
  if (agent.phase.kind !== 'settled' || agent.phase.outcome !== 'skipped') return [];
  const code = agent.phase.cause?.code;
  const cause = agent.phase.cause?.upstreamAgentId;
  const culprit = state.agents.find(({ id }) => id === cause);
  const isUpstream =
    cause !== undefined && ancestorsOf(graphOfSession(state)).get(agent.id)?.has(cause) === true;
  const isLost =
    culprit?.phase.kind === 'settled' &&
    (culprit.phase.outcome === 'failed' || culprit.phase.outcome === 'cancelled');
  const isRejected =
    code === 'gate_rejected' &&
    state.flow.gates.some(({ agentId, answer }) => agentId === cause && answer?.kind === 'reject');
  return unless(
    code === 'not_taken' || code === 'removed' || (isUpstream && (isLost || isRejected)),
    `${agent.id} was skipped for ${cause}, which is no cause`,
  );
}

function idViolations(state: SessionState): string[] {
  const attempts = state.agents.flatMap((agent) => agent.attempts);
  const turns = attempts.flatMap((attempt) => attempt.turns.map(({ id }) => id));
  const cursorAgents = attempts.flatMap(({ continues, threadId }) =>
    continues === undefined ? threadId : [],
  );
  return [
    ...unless(new Set(turns).size === turns.length, 'a run is known twice'),
    ...unless(new Set(cursorAgents).size === cursorAgents.length, 'a Cursor agent is used twice'),
  ];
}

function endViolations(state: SessionState): string[] {
  if (state.phase.kind !== 'ended') return [];
  const turns = state.agents.flatMap(({ attempts }) =>
    attempts.flatMap((attempt) => attempt.turns),
  );
  const hasPendingArtifacts = state.agents.some(
    (agent) =>
      agent.phase.kind === 'settled' &&
      agent.phase.outcome === 'completed' &&
      latestAttempt(agent)?.artifacts.state === 'pending',
  );
  return [
    ...unless(state.agents.every(isSettled), 'the session ended before its agents'),
    ...unless(
      turns.every(({ stream, ended }) => stream !== 'open' && ended !== null),
      'the session ended before its streams were read',
    ),
    ...unless(!hasPendingArtifacts, 'the session ended before its artifacts were there'),
  ];
}

function handoffViolations(state: SessionState): string[] {
  const ids = state.handoffs.map(({ connectionId }) => connectionId);
  const inOrder = state.workflow.connections.map(({ id }) => id).filter((id) => ids.includes(id));
  return unless(ids.join() === inOrder.join(), 'hand-offs are doubled or out of order');
}
