import type { AgentView } from './agent-views.ts';
import type { RoundView } from './flow-views.ts';
import type { SessionDetail, SessionView } from './session-views.ts';

type WholeRounds = Pick<SessionView, 'workflowRound'>;

/** Which round of an agent it is: of the loop around it, and of the whole workflow where that is repeated too. */
export function roundText(
  { round, rounds, workflowRound }: Pick<RoundView, 'round' | 'rounds' | 'workflowRound'>,
  { workflowRound: whole }: WholeRounds,
): string {
  if (whole === null) return `Round ${round} of ${rounds}`;
  return rounds === 1
    ? `Round ${workflowRound} of ${whole.most}`
    : `Round ${workflowRound} of ${whole.most}, loop round ${round} of ${rounds}`;
}

/**
 * "round 2 of 3, attempt 2": in which round an agent is, and which attempt of that round it is after a retry. Attempts
 * are counted anew in each round. Empty for the first attempt of an agent that nothing repeats.
 */
export function attemptText(agent: AgentView, session: WholeRounds): string {
  return joined(agentRoundText(agent, session), agent.attemptInRound);
}

/** "round 2 of 3", or "round 2 of 3, loop round 1 of 4"; empty where there is nothing to tell apart. */
export function agentRoundText(
  { kind, round, rounds }: AgentView,
  { workflowRound: whole }: WholeRounds,
): string {
  // The planner works between the rounds, and counts them itself.
  if (whole === null || kind === 'planner') return rounds > 1 ? `round ${round} of ${rounds}` : '';
  if (kind === 'removed') return '';
  if (rounds > 1) return `round ${whole.number} of ${whole.most}, loop round ${round} of ${rounds}`;
  return whole.number > 1 ? `round ${whole.number} of ${whole.most}` : '';
}

/** The event that starts an attempt. */
export type LaunchEvent = {
  readonly agentId: string;
  readonly round: number;
  readonly attempt: number;
};

/** The same of an attempt that is being started: "round 2 of 3, attempt 2". */
export function launchText(
  event: LaunchEvent,
  session: Pick<SessionDetail, 'rounds' | 'workflowRound'>,
): string {
  const round = session.rounds.find(
    ({ agentId, number }) => agentId === event.agentId && number === event.round,
  );
  // The state that is known may be older than the event.
  if (round === undefined)
    return event.round > 1 ? `round ${event.round}` : joined('', event.attempt);
  const first = (round.attempt ?? event.attempt) - Math.max(0, round.attempts - 1);
  const words = roundText(round, session);
  return joined(words.charAt(0).toLowerCase() + words.slice(1), event.attempt - first + 1);
}

/** Of which round an attempt is, by the number of the agent's rounds, and which one of that round. */
export function placeOfAttempt(
  { rounds }: Pick<SessionDetail, 'rounds'>,
  { agentId, attempt }: Pick<LaunchEvent, 'agentId' | 'attempt'>,
): { readonly round: number | null; readonly attempt: number } {
  const round = rounds.find(
    (one) =>
      one.agentId === agentId &&
      one.attempt !== null &&
      attempt <= one.attempt &&
      attempt > one.attempt - one.attempts,
  );
  if (round?.attempt == null) return { round: null, attempt };
  return { round: round.number, attempt: attempt - (round.attempt - round.attempts) };
}

const joined = (round: string, attempt: number): string =>
  [round, attempt > 1 ? `attempt ${attempt}` : ''].filter((words) => words !== '').join(', ');
