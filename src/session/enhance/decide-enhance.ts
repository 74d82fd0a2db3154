import type { Effect } from '../effects.ts';
import type { LifecycleEvent } from '../events.ts';
import type { SessionOutcome, SessionState } from '../state.ts';
import { presentRound } from './enhance-state.ts';
import { roundFailures } from './failures.ts';
import { enhanceStanding } from './standing.ts';

/** What follows from a round of the whole workflow: its report, the next round, or the end. */
export function decideEnhance(state: SessionState): Effect[] {
  const { enhance, phase } = state;
  if (enhance === null || phase.kind === 'ended') return [];
  const standing = enhanceStanding(state);
  switch (standing.kind) {
    case 'off':
    case 'at-work':
    case 'planning':
      return [];
    case 'report-due':
      return [
        recorded({
          type: 'RoundReported',
          round: enhance.round,
          number: (presentRound(enhance)?.report?.number ?? 0) + 1,
          failures: [...roundFailures(state)],
          feedback: [...enhance.feedback],
        }),
      ];
    case 'continues':
      return phase.kind === 'active'
        ? [recorded({ type: 'WorkflowRoundOpened', round: enhance.round + 1 })]
        : [];
    case 'ended': {
      const { cause, reason } = standing;
      const about = { type: 'EnhancementEnded', round: enhance.round, cause } as const;
      return isTold(state, cause) ? [] : [recorded(reason === null ? about : { ...about, reason })];
    }
    default:
      return standing satisfies never;
  }
}

const recorded = (event: LifecycleEvent): Effect => ({ kind: 'record', event });

function isTold({ enhance }: SessionState, cause: string): boolean {
  return enhance?.ended?.cause === cause && enhance.ended.round === enhance.round;
}

/** How the session ends under Loop & Enhance. Null: not yet; undefined: it is off, and the agents decide. */
export function outcomeOfRounds(state: SessionState): SessionOutcome | null | undefined {
  const standing = enhanceStanding(state);
  if (standing.kind === 'off') return undefined;
  if (standing.kind !== 'ended' || !isTold(state, standing.cause)) return null;
  switch (standing.cause) {
    case 'converged':
      return 'finished';
    case 'cancelled':
      return 'cancelled';
    default:
      return 'failed';
  }
}
