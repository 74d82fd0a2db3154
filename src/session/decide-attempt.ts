import { contradictedEnd } from './contradiction.ts';
import type { Effect } from './effects.ts';
import type { Failure } from './events.ts';
import { hasDelivered, isGivenUp, latestAttempt, latestRun } from './select.ts';
import type { AgentState, Attempt, Run, RunEnding, SessionState } from './state.ts';

export type AgentEffects = readonly Effect[];

/** A run is followed until its stream was read and its end is known: one of them alone may be lost on the way. */
export function isToBeFollowed(run: Run): boolean {
  return run.stream === 'open' || run.ended === null;
}

/** What every attempt asks for, whether its agent is settled or not: to be read, accounted for and collected. */
export function decideAttempt(agent: AgentState, attempt: Attempt): AgentEffects {
  if (attempt.launchedAt === null) return [];
  const subject = {
    agentId: agent.id,
    attempt: attempt.number,
    cursorAgentId: attempt.cursorAgentId,
  };
  const effects: Effect[] = [];
  for (const run of attempt.runs) {
    if (!isToBeFollowed(run)) continue;
    effects.push({
      kind: 'follow',
      ...subject,
      cursorRunId: run.id,
      hasEnded: run.ended !== null,
    });
  }
  if (attempt.baseCommits === null) {
    effects.push({ kind: 'record-base', agentId: agent.id, attempt: attempt.number });
  }
  for (const run of attempt.runs) {
    if (run.ended?.check === 'open') {
      effects.push({ kind: 'check-end', ...subject, cursorRunId: run.id });
    }
    if (run.ended !== null && run.usage === null && !isGivenUp(run)) {
      effects.push({ kind: 'report-usage', ...subject, cursorRunId: run.id });
    }
  }
  const run = latestRun(attempt);
  if (run?.ended == null) return effects;
  const isCompleted =
    attempt === latestAttempt(agent) &&
    agent.phase.kind === 'settled' &&
    agent.phase.outcome === 'completed';
  if (isCompleted && attempt.artifacts.state === 'pending') {
    const purpose = run.ended.whileAway ? 'offer' : 'fetch';
    effects.push({ kind: 'collect-artifacts', ...subject, purpose });
  }
  return effects;
}

/** What follows from the newest run of an agent that counts as running: cancel it, or draw its conclusion. */
export function decideLatestRun(state: SessionState, agent: AgentState): AgentEffects {
  const attempt = latestAttempt(agent);
  const run = latestRun(attempt);
  if (attempt === undefined || run === undefined) return [];
  if (run.ended !== null) {
    return run.purpose === 'message' && hasDelivered(state, agent)
      ? [concludeMessage(agent, attempt, run.ended)]
      : [conclude(state, agent, attempt, { ...run, ended: run.ended })];
  }
  // A cancellation that could not be confirmed is a person's turn; asking again starts afresh.
  if (agent.cancel === null || agent.cancel.unconfirmed !== null) return [];
  return [
    {
      kind: 'cancel-run',
      agentId: agent.id,
      attempt: attempt.number,
      cursorAgentId: attempt.cursorAgentId,
      cursorRunId: run.id,
    },
  ];
}

function conclude(
  state: SessionState,
  agent: AgentState,
  attempt: Attempt,
  { ended: ending, purpose }: Run & { readonly ended: RunEnding },
): Effect {
  const settled = { type: 'AgentSettled', agentId: agent.id, attempt: attempt.number } as const;
  switch (ending.outcome) {
    case 'finished':
      return ending.check === 'contradicted'
        ? { kind: 'record', event: { ...settled, outcome: 'failed', cause: contradictedEnd } }
        : { kind: 'hand-off', agentId: agent.id, attempt: attempt.number };
    case 'cancelled':
      return {
        kind: 'record',
        event: {
          ...settled,
          outcome: 'cancelled',
          ...(agent.cancel === null ? { cause: cancelledElsewhere } : {}),
        },
      };
    case 'error':
    case 'expired':
    case 'gone':
    case 'silent': {
      const failure = ending.failure ?? unexplained;
      const mayRetry =
        agent.cancel === null &&
        ending.outcome !== 'silent' &&
        // A message asks this very Cursor agent; a new attempt would not know of it.
        purpose !== 'message' &&
        attempt.number < state.maxAttempts &&
        state.phase.kind !== 'ended';
      return mayRetry
        ? { kind: 'schedule-retry', agentId: agent.id, attempt: attempt.number + 1, failure }
        : { kind: 'record', event: { ...settled, outcome: 'failed', cause: failure } };
    }
    default:
      return ending.outcome satisfies never;
  }
}

/** A person's message came after the work was finished: however it ends, the work stays finished. */
function concludeMessage(agent: AgentState, attempt: Attempt, ending: RunEnding): Effect {
  const cause = ending.outcome === 'finished' ? null : (ending.failure ?? unexplained);
  return {
    kind: 'record',
    event: {
      type: 'AgentSettled',
      agentId: agent.id,
      attempt: attempt.number,
      outcome: 'completed',
      ...(cause === null ? {} : { cause }),
    },
  };
}

const cancelledElsewhere: Failure = {
  code: 'cancelled_on_cursor',
  message: 'The run was cancelled on Cursor, not by Cerevisor.',
};

const unexplained: Failure = {
  code: 'run_failed',
  message: 'The run failed. Cursor gave no reason.',
  suggestion: "Open the agent's page on Cursor to see its conversation.",
};
