import { isBlank } from '../../lib/blank.ts';
import { verifiersOf } from '../../workflow/verifiers.ts';
import type { Failure } from '../events.ts';
import type { Decision } from '../flow/flow-state.ts';
import { agentName, agentOf, isSettled, latestAttempt, latestTurn } from '../select.ts';
import type { AgentState, SessionState } from '../state.ts';
import type { RoundFailure } from './enhance-events.ts';
import { verdictId } from './verdicts.ts';

/** The planner gets the end of a long message, where agents report their results. */
const MAX_OUTPUT_CHARACTERS = 20_000;

/** The agents of the current workflow, without the planner and without removed agents. */
export function currentAgents(state: SessionState): readonly AgentState[] {
  return state.workflow.agents.flatMap(({ id }) => agentOf(state, id) ?? []);
}

/**
 * The agents that were not successful in the current round. `lenient` omits what may be intended: agents that the user
 * cancelled or that were skipped because of that, and agents that failed with a message and block no other agent.
 */
export function roundFailures(state: SessionState): readonly RoundFailure[] {
  const cached = cache.get(state);
  if (cached !== undefined) return cached;
  const verifiers = new Set(verifiersOf(state.workflow).map(({ id }) => id));
  const failures = currentAgents(state).flatMap((agent) => {
    const failure =
      failureOf(state, agent) ?? (verifiers.has(agent.id) ? negativeVerdict(state, agent) : null);
    return failure === null ? [] : [{ ...aboutAgent(state, agent), ...failure }];
  });
  cache.set(state, failures);
  return failures;
}

/** All agents have settled, none of them failed, and the user gave no feedback. */
export function isRoundSuccessful(state: SessionState): boolean {
  const hasNoFeedback = (state.enhance?.feedback.length ?? 0) === 0;
  return (
    hasNoFeedback && currentAgents(state).every(isSettled) && roundFailures(state).length === 0
  );
}

/**
 * Unclear verdicts that the user has to decide, because the round is otherwise successful. If it is not, the next round
 * starts without them.
 */
export function unclearVerdicts(state: SessionState): readonly Decision[] {
  if (state.enhance === null || state.isCancelRequested || !isRoundSuccessful(state)) return [];
  return verifiersOf(state.workflow).flatMap(({ id }) => {
    const agent = agentOf(state, id);
    const verdict = agent === undefined ? undefined : verdictOf(state, agent);
    return verdict?.holds === null ? [verdict] : [];
  });
}

function verdictOf({ flow }: SessionState, agent: AgentState): Decision | undefined {
  const attempt = latestAttempt(agent)?.number;
  return flow.decisions.find(
    (one) => one.connectionId === verdictId(agent.id) && one.attempt === attempt,
  );
}

/** Cached, because a state never changes. */
const cache = new WeakMap<SessionState, readonly RoundFailure[]>();

type FailureReason = Pick<RoundFailure, 'reason' | 'failure'>;

function failureOf(state: SessionState, agent: AgentState): FailureReason | null {
  const { phase } = agent;
  const isLenient = isLenientIn(state);
  if (phase.kind !== 'settled') return null;
  switch (phase.outcome) {
    case 'completed':
      return null;
    case 'failed':
      return isLenient && lastMessage(agent) !== null && !blocksOthers(state, agent)
        ? null
        : { reason: 'failed', failure: textOf(phase.cause, 'It failed and gave no reason.') };
    case 'cancelled':
      return isLenient
        ? null
        : { reason: 'cancelled', failure: textOf(phase.cause, 'It was cancelled.') };
    case 'skipped':
      return skipped(state, phase.cause);
    default:
      return phase.outcome satisfies never;
  }
}

type Cause = Extract<AgentState['phase'], { kind: 'settled' }>['cause'];

function skipped(state: SessionState, cause: Cause): FailureReason | null {
  if (cause?.code === 'not_taken') return null;
  if (cause?.code === 'gate_rejected') return { reason: 'rejected', failure: textOf(cause, '') };
  const upstream =
    cause?.upstreamAgentId === undefined ? undefined : agentOf(state, cause.upstreamAgentId);
  const wasCancelled = upstream?.phase.kind === 'settled' && upstream.phase.outcome === 'cancelled';
  if (isLenientIn(state) && wasCancelled) return null;
  return { reason: 'blocked', failure: textOf(cause, 'It was not started.') };
}

const isLenientIn = ({ workflow }: SessionState): boolean =>
  workflow.settings.loopAndEnhance.strictness === 'lenient';

function blocksOthers({ agents }: SessionState, { id }: AgentState): boolean {
  return agents.some(
    ({ phase }) => phase.kind === 'settled' && phase.cause?.upstreamAgentId === id,
  );
}

function negativeVerdict(state: SessionState, agent: AgentState): FailureReason | null {
  const verdict = verdictOf(state, agent);
  if (verdict?.holds !== false) return null;
  const message = verdict.reason ?? 'The work is not right yet. No reason was given.';
  return { reason: 'verdict', failure: { code: 'verdict_negative', message } };
}

function textOf(cause: Failure | null, otherwise: string): Failure {
  return cause === null
    ? { code: 'unexplained', message: otherwise }
    : { code: cause.code, message: cause.message };
}

function aboutAgent(
  state: SessionState,
  agent: AgentState,
): Pick<RoundFailure, 'agentId' | 'name' | 'attempt' | 'output' | 'omitted'> {
  const attempt = latestAttempt(agent);
  const isOfRound = attempt !== undefined && attempt.round === agent.round;
  const output = isOfRound ? lastMessage(agent) : null;
  const omitted = Math.max(0, (output?.length ?? 0) - MAX_OUTPUT_CHARACTERS);
  return {
    agentId: agent.id,
    name: agentName(state, agent.id),
    ...(isOfRound ? { attempt: attempt.number } : {}),
    ...(output === null ? {} : { output: output.slice(omitted) }),
    ...(omitted === 0 ? {} : { omitted }),
  };
}

/** The last message of an agent's newest turn; null if it has none. */
function lastMessage(agent: AgentState): string | null {
  const result = latestTurn(latestAttempt(agent))?.ended?.result ?? '';
  return isSettled(agent) && !isBlank(result) ? result : null;
}
