import type { Budget } from '../events.ts';
import { isLive, isSettled, latestAttempt, latestTurn } from '../select.ts';
import { planStatusOf, readinessOfAgent } from '../session-flow.ts';
import type { AgentState, SessionState } from '../state.ts';
import { isUsageOpen, type Spending, spendingOf } from './spending.ts';

/**
 * `exceeded`: nothing new starts until the user raises the budget. `awaited`: nothing new starts until the usage of the
 * last turns is known. Agents at work continue in both cases.
 */
export type BudgetStatus = 'free' | 'awaited' | 'exceeded';

const cache = new WeakMap<SessionState, BudgetStatus>();

export function budgetStatus(state: SessionState): BudgetStatus {
  const cached = cache.get(state);
  if (cached !== undefined) return cached;
  const status = statusOf(state);
  cache.set(state, status);
  return status;
}

function statusOf(state: SessionState): BudgetStatus {
  const { budget } = state;
  if (budget === undefined || (budget.usd === null && budget.tokens === null)) return 'free';
  if (isExceeded(budget, spendingOf(state))) return 'exceeded';
  return isUsageOpen(state) ? 'awaited' : 'free';
}

const isExceeded = (budget: Budget, { usd, tokens }: Spending): boolean =>
  (budget.usd !== null && usd !== null && usd >= budget.usd) ||
  (budget.tokens !== null && tokens >= budget.tokens);

/** Whether an agent would continue now if the budget were not exceeded. */
export function isStoppedByBudget(state: SessionState, agent: AgentState): boolean {
  if (budgetStatus(state) !== 'exceeded' || state.phase.kind !== 'active') return false;
  if (agent.cancel !== null) return false;
  switch (agent.phase.kind) {
    case 'waiting':
      return readinessOfAgent(state, agent.id).kind === 'start';
    case 'following-up':
      return true;
    case 'running': {
      const ended = latestTurn(latestAttempt(agent))?.ended;
      const plan = ended == null ? 'none' : planStatusOf(state, agent);
      return ended?.outcome === 'interrupted' || plan === 'to-carry-out' || plan === 'to-change';
    }
    case 'launching':
    case 'settled':
      return false;
    default:
      return agent.phase satisfies never;
  }
}

/** The session cannot continue until the user raises the budget or cancels it. */
export function isSessionStoppedByBudget(state: SessionState): boolean {
  if (budgetStatus(state) !== 'exceeded' || state.phase.kind !== 'active') return false;
  if (state.isCancelRequested) return false;
  if (state.agents.some((agent) => isStoppedByBudget(state, agent))) return true;
  // All agents have settled, so a further round or requested changes are due.
  return state.agents.every((agent) => isSettled(agent) && !isLive(agent));
}
