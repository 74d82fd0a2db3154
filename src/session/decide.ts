import type { Command } from './commands.ts';
import { type AgentCommands, decideAttempt, decideLatestRun } from './decide-attempt.ts';
import type { SessionEventOf } from './events.ts';
import { isLive, isSettled, latestAttempt, liveCount, upstreamAgents } from './select.ts';
import type { AgentPhase, AgentState, SessionOutcome, SessionState } from './state.ts';

/**
 * What is to be done now. Pure and total: the same state always gives the same commands, in the order of the
 * document, and nothing that an event has recorded is asked for again.
 */
export function decide(state: SessionState | undefined): Command[] {
  if (state === undefined) return [];
  let freeSlots = state.maxConcurrentAgents - liveCount(state);
  const commands: Command[] = [];
  for (const agent of state.agents) {
    const own = decideAgent(state, agent);
    for (const command of own) {
      if (command.kind === 'intend-launch' && freeSlots-- <= 0) continue;
      commands.push(command);
    }
  }
  const outcome = outcomeOf(state);
  if (outcome !== null) commands.push({ kind: 'record', event: { type: 'SessionEnded', outcome } });
  return commands;
}

function decideAgent(state: SessionState, agent: AgentState): AgentCommands {
  const follows = agent.attempts.flatMap((attempt) => decideAttempt(agent, attempt));
  return [...decidePhase(state, agent), ...follows];
}

function decidePhase(state: SessionState, agent: AgentState): AgentCommands {
  switch (agent.phase.kind) {
    case 'waiting':
      return decideWaiting(state, agent, agent.phase);
    case 'launching':
      return decideLaunching(agent, agent.phase);
    case 'running':
      return decideLatestRun(state, agent);
    case 'following-up':
      return decideFollowUp(agent, agent.phase);
    case 'settled':
      return [];
    default:
      return agent.phase satisfies never;
  }
}

type PhaseOf<Kind extends AgentPhase['kind']> = Extract<AgentPhase, { kind: Kind }>;

function decideWaiting(
  state: SessionState,
  agent: AgentState,
  phase: PhaseOf<'waiting'>,
): AgentCommands {
  if (agent.cancel !== null) return [settle(agent, 'cancelled')];
  const upstream = upstreamAgents(state, agent.id);
  const culprit = upstream.find(
    ({ phase: its }) => its.kind === 'settled' && its.outcome !== 'completed',
  );
  if (culprit !== undefined) return [skip(state, agent, culprit)];
  // AND over all upstream agents: a single one that is not completed holds this agent back, and nobody else.
  const isReady = upstream.every(({ phase: its }) => its.kind === 'settled');
  if (!isReady || state.phase.kind !== 'active') return [];
  const attempt = agent.attempts.length + 1;
  const notBefore = phase.deferred?.until ?? null;
  return [{ kind: 'intend-launch', agentId: agent.id, attempt, notBefore }];
}

function decideLaunching(agent: AgentState, phase: PhaseOf<'launching'>): AgentCommands {
  const attempt = latestAttempt(agent);
  if (attempt === undefined) return [];
  if (phase.rejected !== null) {
    return [
      agent.cancel === null ? settle(agent, 'failed', phase.rejected) : settle(agent, 'cancelled'),
    ];
  }
  const subject = {
    agentId: agent.id,
    attempt: attempt.number,
    cursorAgentId: attempt.cursorAgentId,
  };
  return agent.cancel === null
    ? [{ kind: 'launch', ...subject, notBefore: phase.deferred?.until ?? null }]
    : [{ kind: 'resolve-launch', ...subject }];
}

function decideFollowUp(agent: AgentState, phase: PhaseOf<'following-up'>): AgentCommands {
  const attempt = latestAttempt(agent);
  if (attempt === undefined) return [];
  if (phase.rejected === null) {
    const { cursorAgentId, number } = attempt;
    const { followUpId } = phase;
    return [
      {
        kind: 'send-follow-up',
        agentId: agent.id,
        attempt: number,
        cursorAgentId,
        followUpId,
      },
    ];
  }
  // A message that could not be sent takes nothing away from work that was finished; a repair that could not does.
  return phase.purpose === 'message'
    ? [settle(agent, 'completed', phase.rejected)]
    : [settle(agent, 'failed', phase.rejected)];
}

function settle(
  agent: AgentState,
  outcome: SessionEventOf<'AgentSettled'>['outcome'],
  cause?: SessionEventOf<'AgentSettled'>['cause'],
): Command {
  const number = latestAttempt(agent)?.number;
  return {
    kind: 'record',
    event: {
      type: 'AgentSettled',
      agentId: agent.id,
      ...(number === undefined ? {} : { attempt: number }),
      outcome,
      ...(cause === undefined ? {} : { cause }),
    },
  };
}

function skip(state: SessionState, agent: AgentState, culprit: AgentState): Command {
  const name = state.workflow.agents.find(({ id }) => id === culprit.id)?.name ?? culprit.id;
  const outcome = culprit.phase.kind === 'settled' ? culprit.phase.outcome : 'failed';
  return settle(agent, 'skipped', {
    code: 'upstream_not_completed',
    message: `Not started, because "${name}" was ${outcome === 'failed' ? 'not successful' : outcome}.`,
    suggestion: `Retry "${name}"; this agent then starts by itself.`,
    upstreamAgentId: culprit.id,
  });
}

/**
 * How the session ends, or null while something is still to come. The end waits for every stream to be read
 * and for the artifacts of finished agents, so that a session that has ended is whole on disk.
 */
function outcomeOf(state: SessionState): SessionOutcome | null {
  if (state.phase.kind === 'ended' || state.agents.some((agent) => !isComplete(agent))) return null;
  const outcomes = new Set(
    state.agents.flatMap(({ phase }) => (phase.kind === 'settled' ? phase.outcome : [])),
  );
  if (state.isCancelRequested && outcomes.has('cancelled')) return 'cancelled';
  if (outcomes.has('failed')) return 'failed';
  return outcomes.has('cancelled') ? 'cancelled' : 'finished';
}

function isComplete(agent: AgentState): boolean {
  if (!isSettled(agent) || isLive(agent)) return false;
  const isRead = agent.attempts.every(({ runs }) => runs.every(({ stream }) => stream !== 'open'));
  const isWanting =
    agent.phase.kind === 'settled' &&
    agent.phase.outcome === 'completed' &&
    latestAttempt(agent)?.artifacts.state === 'pending';
  return isRead && !isWanting;
}
