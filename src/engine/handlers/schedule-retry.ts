import { fullJitter } from '../../lib/backoff.ts';
import type { EffectOf } from '../../session/effects.ts';
import { done, record, type Task, type WorkResult } from './handler.ts';

/** A new attempt costs money, so it does not start immediately. */
const backoff = { baseMs: 5_000, capMs: 300_000 };

/** Schedules a new attempt of a failed agent. */
export async function scheduleRetry(task: Task<EffectOf<'schedule-retry'>>): Promise<WorkResult> {
  const { effect, context } = task;
  const { agentId, attempt, round, failure } = effect;
  const until = context.clock.now() + fullJitter(backoff, attempt - 1, context.random, 1_000);
  record(task, {
    type: 'LaunchDeferred',
    agentId,
    attempt,
    round,
    reason: 'retry',
    until,
    failure,
  });
  return done;
}
