import type { AppendGuard } from '../../journal/types.ts';
import type { EffectOf } from '../../session/effects.ts';
import type { Failure } from '../../session/events.ts';
import { locationOf, type RunLocation, runtimeOf, usedSlots } from '../../session/run-location.ts';
import { agentOf } from '../../session/select.ts';
import type { SessionState } from '../../session/state.ts';
import type { AgentId } from '../../workflow/ids.ts';
import type { EngineContext } from '../context.ts';
import { waitingLocalAttempts } from '../waiting-attempts.ts';
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
      limitReached(context, location, facts) ?? folderInUse(context, state, effect.agentId);
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

function limitReached(
  context: EngineContext,
  location: RunLocation,
  { liveCloudAttempts, liveLocalAttempts }: Parameters<AppendGuard>[0],
): Failure | null {
  const [live, limit, kind, where] =
    location === 'cloud'
      ? ([liveCloudAttempts, context.maxLiveCloudAttempts(), 'cloud ', ''] as const)
      : ([liveLocalAttempts, context.maxLiveLocalAttempts(), '', ' on this machine'] as const);
  if (live < limit) return null;
  const waiting = location === 'cloud' ? 0 : waitingLocalAttempts(context.journal);
  if (usedSlots({ live, waiting }, limit) < limit) return null;
  const agents = limit === 1 ? `1 ${kind}agent is` : `${limit} ${kind}agents are`;
  return {
    code: 'concurrency_limit',
    message: `${agents} running${where}, which is the limit. This one starts as soon as a slot is free.`,
  };
}

function isKnownToWait(state: SessionState, id: AgentId, { code, message }: Failure): boolean {
  const phase = agentOf(state, id)?.phase;
  const known = phase?.kind === 'waiting' ? phase.deferred : null;
  return (
    known?.reason === 'concurrency' &&
    known.failure?.code === code &&
    known.failure.message === message
  );
}
