import { fullJitter, remoteBackoff } from '../../lib/backoff.ts';
import type { UsageReport } from '../../runtimes/turn-records.ts';
import type { EffectOf } from '../../session/effects.ts';
import type { Usage } from '../../session/events.ts';
import { providerChoice } from '../../session/run-location.ts';
import { agentOf, attemptOf } from '../../session/select.ts';
import { PRICES_OF, priceOf } from '../prices.ts';
import { done, record, retryAt, stateOf, type Task, type WorkResult } from './handler.ts';

const MAX_TRIES = 5;
/** Waits for the end of a pause that Cursor requested, which lasts at most an hour, with a try every five minutes. */
const MAX_TRIES_WHILE_PAUSED = 30;
const USAGE_DELAY_MS = 15_000;

/** Stores the usage that the runtime reports. Unknown usage is never shown as zero. */
export async function reportUsage(task: Task<EffectOf<'report-usage'>>): Promise<WorkResult> {
  const { effect, context } = task;
  const { agentId, attempt } = effect;
  const answer = await context.runtime(effect.runtime).usage(effect.threadId, effect.turnId);
  if (answer.ok) {
    const { chargedCents, ...reported } = answer.value;
    const usage = priced(task, reported);
    const isSettled = usage.totalTokens > 0 || chargedCents !== undefined;
    // Cursor reports usage only some time after the end of a run.
    if (!isSettled && task.failures + 1 < MAX_TRIES) {
      return retryAt(context.clock.now() + USAGE_DELAY_MS);
    }
    record(task, {
      type: 'UsageReported',
      agentId,
      attempt,
      turnId: effect.turnId,
      state: isSettled ? 'known' : 'pending',
      usage,
      ...(chargedCents === undefined ? {} : { chargedCents }),
    });
    return done;
  }
  const isTransient = answer.error.code === 'unreachable' || answer.error.code === 'rate_limited';
  const maxTries = answer.error.code === 'rate_limited' ? MAX_TRIES_WHILE_PAUSED : MAX_TRIES;
  if (isTransient && task.failures + 1 < maxTries) {
    const floor = answer.error.retryAfterMs ?? 0;
    const delay = fullJitter(remoteBackoff, task.failures + 1, context.random, floor);
    return retryAt(context.clock.now() + delay);
  }
  const { turnId } = effect;
  record(task, { type: 'UsageReported', agentId, attempt, turnId, state: 'unavailable' });
  return done;
}

/** Adds the cost from the price table if the provider does not report it. Cursor bills by subscription, not by turn. */
function priced(task: Task<EffectOf<'report-usage'>>, usage: UsageReport): Usage {
  const { agentId, attempt: number, runtime } = task.effect;
  if (usage.costUsd !== undefined || BY_SUBSCRIPTION.has(runtime)) return usage;
  const state = stateOf(task);
  const agent = agentOf(state, agentId);
  const attempt = agent === undefined ? undefined : attemptOf(agent, number);
  const model = attempt?.model ?? providerChoice(state, agentId)?.model;
  const costUsd = model == null ? null : priceOf(model, usage);
  if (costUsd === null) return usage;
  return { ...usage, costUsd, costSource: 'price-table', pricesOf: PRICES_OF };
}

const BY_SUBSCRIPTION: ReadonlySet<string> = new Set(['cursor-cloud', 'cursor-local']);
