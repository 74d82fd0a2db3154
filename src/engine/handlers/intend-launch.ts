import type { EffectOf } from '../../session/effects.ts';
import { agentOf } from '../../session/select.ts';
import type { SessionState } from '../../session/state.ts';
import type { AgentId } from '../../workflow/ids.ts';
import { done, retryAt, stateOf, type Task, type WorkResult } from './handler.ts';
import { launchIntent } from './launch-intent.ts';

/**
 * Stores the intent to launch, with the id that the runtime is to use and the whole prompt, before anything is asked of
 * the network. The limit of live attempts is checked in the same transaction, so that no two can pass it together.
 */
export async function intendLaunch(task: Task<EffectOf<'intend-launch'>>): Promise<WorkResult> {
  const { context, effect, sessionId } = task;
  const state = stateOf(task);
  const limit = context.maxLiveCloudAttempts();
  const result = context.journal.append(sessionId, [launchIntent(task)], (facts) =>
    facts.epoch !== context.journal.epoch
      ? 'epoch'
      : facts.liveCloudAttempts >= limit
        ? 'limit'
        : null,
  );
  if (result.ok) return done;
  if (!isKnownToWait(state, effect.agentId)) {
    context.journal.append(sessionId, [
      {
        type: 'LaunchDeferred',
        agentId: effect.agentId,
        attempt: effect.attempt,
        round: effect.round,
        reason: 'concurrency',
        failure: {
          code: 'concurrency_limit',
          message: `${limit === 1 ? '1 cloud agent is' : `${limit} cloud agents are`} at work, which is the limit. It starts as soon as a slot is free.`,
        },
      },
    ]);
  }
  // The supervisor asks again whenever a place becomes free; this is only the safety net.
  return retryAt(context.clock.now() + 30_000);
}

function isKnownToWait(state: SessionState, id: AgentId): boolean {
  const phase = agentOf(state, id)?.phase;
  return phase?.kind === 'waiting' && phase.deferred?.reason === 'concurrency';
}
