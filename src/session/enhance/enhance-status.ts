import { PLANNER_ID } from '../../workflow/planner.ts';
import { isSameValue } from '../../workflow/same-value.ts';
import { isComplete } from '../decide/decide-attempt.ts';
import { isFlowComplete } from '../decide/decide-flow.ts';
import { agentOf, isSettled } from '../select.ts';
import type { AgentState, SessionState } from '../state.ts';
import { budgetExceededReason, isUsageAwaited } from './enhance-budget.ts';
import {
  currentRound,
  type EnhanceEndCause,
  type EnhanceState,
  summarizeFailures,
} from './enhance-state.ts';
import { isBusy } from './planner.ts';
import {
  currentAgents,
  isRoundSuccessful,
  roundFailures,
  unclearVerdicts,
} from './round-failures.ts';

export type EnhanceStatus =
  | { readonly kind: 'off' }
  /** The agents of the round have not finished. */
  | { readonly kind: 'at-work' }
  /** The round failed, and its current failures are not reported yet. */
  | { readonly kind: 'report-due' }
  /** The planner is due, at work, or waits for the user. */
  | { readonly kind: 'planning' }
  /** The edits are approved; the next round is to be opened. */
  | { readonly kind: 'continues' }
  | {
      readonly kind: 'ended';
      readonly cause: EnhanceEndCause;
      readonly reason: string | null;
    };

const statuses = new WeakMap<SessionState, EnhanceStatus>();

/** The status of Loop & Enhance, derived from the state, so that a retry takes effect at once. Cached by state. */
export function enhanceStatus(state: SessionState): EnhanceStatus {
  const cached = statuses.get(state);
  if (cached !== undefined) return cached;
  const status =
    state.enhance === null ? ({ kind: 'off' } as const) : statusOf(state, state.enhance);
  statuses.set(state, status);
  return status;
}

function statusOf(state: SessionState, enhance: EnhanceState): EnhanceStatus {
  if (!currentAgents(state).every(isComplete) || !isFlowComplete(state)) return { kind: 'at-work' };
  // The user has to decide.
  if (unclearVerdicts(state).length > 0) return { kind: 'at-work' };
  if (isRoundSuccessful(state)) return ended('converged');
  const planner = agentOf(state, PLANNER_ID);
  if (planner !== undefined && isBusy(planner)) return { kind: 'planning' };
  if (state.isCancelRequested) return ended('cancelled');
  if (!isReported(state, enhance)) return { kind: 'report-due' };
  const { maxRounds } = state.workflow.settings.loopAndEnhance;
  if (enhance.round >= maxRounds) return ended('most-rounds');
  if (isUsageAwaited(state)) return { kind: 'at-work' };
  const exceeded = budgetExceededReason(state);
  const isUndecided = planner === undefined || planner.attempts.at(-1)?.round !== enhance.round;
  if (exceeded !== null && (isUndecided || isSettled(planner)))
    return ended('budget', withPlannerFailure(state, enhance, exceeded));
  if (planner === undefined || !isSettled(planner)) return { kind: 'planning' };
  return afterPlanning(enhance, planner);
}

/** Without the budget, there would have been no next round either; the reason says so. */
function withPlannerFailure(state: SessionState, enhance: EnhanceState, reason: string): string {
  const planner = agentOf(state, PLANNER_ID);
  if (planner?.phase.kind !== 'settled' || planner.attempts.at(-1)?.round !== enhance.round)
    return reason;
  const { outcome, cause } = planner.phase;
  if (outcome !== 'failed' || cause === null) return reason;
  return `${reason} The planner also failed: ${cause.message}`;
}

function afterPlanning({ proposal }: EnhanceState, { phase }: AgentState): EnhanceStatus {
  if (phase.kind !== 'settled') return { kind: 'planning' };
  const reason = phase.cause?.message ?? null;
  switch (phase.outcome) {
    case 'completed':
      return proposal !== null && proposal.workflow !== null
        ? { kind: 'continues' }
        : ended('no-useful-edit', proposal?.fault ?? null);
    case 'cancelled':
      return ended('cancelled', reason);
    case 'failed':
    case 'skipped':
      if (phase.cause?.code === 'edits_rejected')
        return ended('rejected', phase.cause.note ?? null);
      return ended(phase.cause?.code === 'edits_invalid' ? 'no-useful-edit' : 'failed', reason);
    default:
      return phase.outcome satisfies never;
  }
}

const ended = (cause: EnhanceEndCause, reason: string | null = null): EnhanceStatus => ({
  kind: 'ended',
  cause,
  reason,
});

/** The report matches the current failures, which a retry may have changed. */
function isReported(state: SessionState, enhance: EnhanceState): boolean {
  const report = currentRound(enhance)?.report ?? null;
  return (
    report !== null &&
    report.feedbackCount === enhance.feedback.length &&
    isSameValue(report.failures, summarizeFailures(roundFailures(state)))
  );
}
