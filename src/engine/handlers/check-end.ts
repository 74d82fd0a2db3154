import { fullJitter } from '../../lib/backoff.ts';
import { isTerminal } from '../../runtimes/turn-records.ts';
import type { EffectOf } from '../../session/effects.ts';
import { done, record, retryAt, type Task, type WorkResult } from './handler.ts';
import { endChecked } from './record-fact.ts';

/** Records have been seen to lag for half an hour after the end; this covers some hours. */
const MAX_TRIES = 40;
const backoff = { baseMs: 30_000, capMs: 1_200_000 };

/** Checks whether the record confirms an end that only the stream reported. */
export async function checkEnd(task: Task<EffectOf<'check-end'>>): Promise<WorkResult> {
  const { effect, context, failures } = task;
  const answer = await context.runtime(effect.runtime).readTurn(effect.threadId, effect.turnId);
  if (answer.ok && isTerminal(answer.value.status)) {
    record(task, endChecked(effect, answer.value));
    return done;
  }
  const isGone = !answer.ok && answer.error.code === 'not_found';
  if (isGone || failures + 1 >= MAX_TRIES) {
    record(task, endChecked(effect, { status: 'RUNNING', branches: [] }));
    return done;
  }
  const floor = answer.ok ? 10_000 : (answer.error.retryAfterMs ?? 10_000);
  const delay = fullJitter(backoff, failures + 1, context.random, floor);
  return retryAt(context.clock.now() + delay);
}
