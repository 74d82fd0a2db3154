import type { Effect } from '../effects.ts';
import type { LifecycleEvent } from '../events.ts';
import type { SessionOutcome, SessionState } from '../state.ts';
import { currentRound } from './enhance-state.ts';
import { enhanceStatus } from './enhance-status.ts';
import { roundFailures } from './round-failures.ts';

/** The effects of Loop & Enhance: the report of a round, the next round, or the end. */
export function decideEnhance(state: SessionState): Effect[] {
  const { enhance, phase } = state;
  if (enhance === null || phase.kind === 'ended') return [];
  const status = enhanceStatus(state);
  switch (status.kind) {
    case 'off':
    case 'at-work':
    case 'planning':
      return [];
    case 'report-due':
      return [
        recordEffect({
          type: 'RoundReported',
          round: enhance.round,
          number: (currentRound(enhance)?.report?.number ?? 0) + 1,
          failures: [...roundFailures(state)],
          feedback: [...enhance.feedback],
        }),
      ];
    case 'continues':
      return phase.kind === 'active'
        ? [recordEffect({ type: 'WorkflowRoundOpened', round: enhance.round + 1 })]
        : [];
    case 'ended': {
      const { cause, reason } = status;
      const about = { type: 'EnhancementEnded', round: enhance.round, cause } as const;
      return isEndRecorded(state, cause)
        ? []
        : [recordEffect(reason === null ? about : { ...about, reason })];
    }
    default:
      return status satisfies never;
  }
}

const recordEffect = (event: LifecycleEvent): Effect => ({ kind: 'record', event });

function isEndRecorded({ enhance }: SessionState, cause: string): boolean {
  return enhance?.ended?.cause === cause && enhance.ended.round === enhance.round;
}

/** The outcome of a session with Loop & Enhance. Null: not ended yet; undefined: Loop & Enhance is off. */
export function outcomeOfRounds(state: SessionState): SessionOutcome | null | undefined {
  const status = enhanceStatus(state);
  if (status.kind === 'off') return undefined;
  if (status.kind !== 'ended' || !isEndRecorded(state, status.cause)) return null;
  switch (status.cause) {
    case 'converged':
      return 'finished';
    case 'cancelled':
      return 'cancelled';
    default:
      return 'failed';
  }
}
