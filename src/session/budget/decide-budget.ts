import type { Effect } from '../effects.ts';
import { agentOf } from '../select.ts';
import type { SessionState } from '../state.ts';
import { budgetStatus } from './budget-status.ts';
import { budgetReason } from './budget-text.ts';

/** Effects that start an attempt or a turn, and therefore cost money. */
const STARTING: ReadonlySet<Effect['kind']> = new Set([
  'intend-launch',
  'intend-resume',
  'intend-follow-up',
  'send-follow-up',
]);

/** Drops effects that the budget does not allow. An unsent follow-up of an agent that is being cancelled is rejected. */
export function withinBudget(state: SessionState, effects: readonly Effect[]): Effect[] {
  const status = budgetStatus(state);
  if (status === 'free') return [...effects];
  return effects.flatMap((effect) => {
    if (!STARTING.has(effect.kind)) return effect;
    const isCancelled =
      effect.kind === 'send-follow-up' && agentOf(state, effect.agentId)?.cancel != null;
    if (!isCancelled || effect.kind !== 'send-follow-up') return [];
    const { agentId, attempt, followUpId } = effect;
    const failure = budgetReason(state) ?? CANCELLED;
    return {
      kind: 'record',
      event: { type: 'FollowUpRejected', agentId, attempt, followUpId, failure },
    };
  });
}

const CANCELLED = { code: 'budget_exceeded', message: 'It was cancelled before it was sent.' };
