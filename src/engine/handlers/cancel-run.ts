import { fullJitter } from '../../lib/backoff.ts';
import { isTerminal } from '../../runtimes/turn-records.ts';
import type { EffectOf } from '../../session/effects.ts';
import type { Failure, RuntimeId, SessionEventOf } from '../../session/events.ts';
import { failureOf } from '../failure.ts';
import { failureMessages } from '../failure-messages.ts';
import { done, record, retryAt, type Task, type WorkResult } from './handler.ts';
import { recordFact } from './record-fact.ts';

/** After this many tries without a confirmed end, the user is told. */
const MAX_TRIES = 8;
const backoff = { baseMs: 500, capMs: 15_000 };

/**
 * Asks the runtime to cancel, then polls the turn until it has ended. The request is already in the journal, so neither
 * a restart nor a lost response forgets it. If the run ended on its own in the meantime, its real outcome counts.
 */
export async function cancelRun(task: Task<EffectOf<'cancel-run'>>): Promise<WorkResult> {
  const { effect, context } = task;
  const runtime = context.runtime(effect.runtime);
  const requested = await runtime.cancel(effect.threadId, effect.turnId);
  const answer = await runtime.readTurn(effect.threadId, effect.turnId);
  if (answer.ok) {
    context.journal.recordHeartbeat(effect.turnId, context.clock.now());
    if (isTerminal(answer.value.status)) {
      recordFact(task, { record: answer.value, source: 'record' });
      return done;
    }
  }
  const error = requested.ok || requested.error.code === 'not_cancellable' ? null : requested.error;
  if (error?.code === 'not_found' && !answer.ok && answer.error.code === 'not_found') {
    record(task, goneEvent(effect));
    return done;
  }
  if (task.failures + 1 < MAX_TRIES) {
    const delay = fullJitter(
      backoff,
      task.failures + 1,
      context.random,
      error?.retryAfterMs ?? 250,
    );
    return retryAt(context.clock.now() + delay);
  }
  record(task, {
    type: 'CancelUnconfirmed',
    agentId: effect.agentId,
    attempt: effect.attempt,
    failure: unconfirmed(effect.runtime, error === null ? null : failureOf(error)),
  });
  return done;
}

function goneEvent(effect: EffectOf<'cancel-run'>): SessionEventOf<'RunEnded'> {
  return {
    type: 'RunEnded',
    agentId: effect.agentId,
    attempt: effect.attempt,
    turnId: effect.turnId,
    outcome: 'cancelled',
    branches: [],
    failure: failureMessages(effect.runtime).gone,
    source: 'record',
    whileAway: false,
  };
}

function unconfirmed(runtime: RuntimeId, cause: Failure | null): Failure {
  const failure = failureMessages(runtime).unconfirmedCancel;
  if (cause === null) return failure;
  return { ...failure, message: `${failure.message} Last response: ${cause.message}` };
}
