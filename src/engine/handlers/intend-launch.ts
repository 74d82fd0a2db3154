import type { EffectOf } from '../../session/effects.ts';
import type { Failure } from '../../session/events.ts';
import { interruptedAt, locationOf, runtimeOf } from '../../session/run-location.ts';
import { isKnownToWait, limitReached } from './agent-limit.ts';
import { folderInUse } from './folder-in-use.ts';
import { done, retryAt, stateOf, type Task, type WorkResult } from './handler.ts';
import { launchIntent } from './launch-intent.ts';

/**
 * Stores the intent to launch, with the thread id and the complete prompt, before any network request is made. The
 * limit of live attempts is checked in the same transaction, so that two launches cannot exceed it together.
 */
export async function intendLaunch(task: Task<EffectOf<'intend-launch'>>): Promise<WorkResult> {
  const { context, effect, sessionId } = task;
  const state = stateOf(task);
  const location = locationOf(runtimeOf(state, effect.agentId));
  const refusal: { failure: Failure | null } = { failure: null };
  const result = context.journal.append(sessionId, [launchIntent(task)], (facts) => {
    refusal.failure =
      limitReached(context, location, facts, 'starts', interruptedAt(state, location)) ??
      folderInUse(context, state, effect.agentId);
    return refusal.failure?.code ?? (facts.epoch === context.journal.epoch ? null : 'epoch');
  });
  if (result.ok) return done;
  const { failure } = refusal;
  if (failure !== null && !isKnownToWait(state, effect.agentId, failure)) {
    context.journal.append(sessionId, [
      {
        type: 'LaunchDeferred',
        agentId: effect.agentId,
        attempt: effect.attempt,
        round: effect.round,
        reason: 'concurrency',
        failure,
      },
    ]);
  }
  // The supervisor retries whenever a slot becomes free; this is only a safety net.
  return retryAt(context.clock.now() + 30_000);
}
