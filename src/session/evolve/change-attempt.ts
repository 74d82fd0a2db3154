import type { SessionEventOf } from '../events.ts';
import type { TurnId } from '../ids.ts';
import { isFlagged, latestAttempt } from '../select.ts';
import type { AgentState, Attempt, Turn } from '../state.ts';

export function withLatestAttempt(
  agent: AgentState,
  change: (attempt: Attempt) => Attempt,
): AgentState {
  const latest = latestAttempt(agent);
  const attempts = agent.attempts.map((attempt) =>
    attempt === latest ? change(attempt) : attempt,
  );
  return { ...agent, attempts };
}

/**
 * Applies a fact to one attempt. If the newest run of an agent was given up and a late fact shows that it is running or
 * has ended, the agent becomes `running` again, so that `decide` continues with it; a retry that has not begun is no longer
 * needed. A run that was replaced by a new attempt or a follow-up stays ended.
 */
export function withAttempt(
  agent: AgentState,
  number: number,
  at: number,
  change: (attempt: Attempt) => Attempt,
): AgentState {
  const before = agent.attempts.find((attempt) => attempt.number === number);
  if (before === undefined) return agent;
  const after = change(before);
  if (after === before) return agent;
  const attempts = agent.attempts.map((attempt) => (attempt === before ? after : attempt));
  const isCorrection = isFlagged(before) && !isFlagged(after);
  if (!isCorrection) return { ...agent, attempts, changedAt: at };
  const isReplaced =
    before !== latestAttempt(agent) ||
    before.round !== agent.round ||
    agent.phase.kind === 'following-up';
  return isReplaced ? agent : { ...agent, attempts, phase: { kind: 'running' }, changedAt: at };
}

/** A turn that has just begun. */
export const newTurn = (id: TurnId, purpose: Turn['purpose'], at: number): Turn => ({
  id,
  purpose,
  status: 'CREATING',
  stream: 'open',
  startedAt: at,
  ended: null,
  usage: null,
});

/** The model options that apply to this turn and the following ones. */
export function optionsOf({
  modelParameters,
  mode,
}: SessionEventOf<'LaunchIntended' | 'FollowUpIntended'>): Pick<
  Attempt,
  'modelParameters' | 'mode'
> {
  return {
    ...(modelParameters === undefined ? {} : { modelParameters }),
    ...(mode === undefined ? {} : { mode }),
  };
}
