import { fullJitter, remoteBackoff } from '../../lib/backoff.ts';
import type { EffectOf } from '../../session/effects.ts';
import { failureMessages } from '../failure-messages.ts';
import { findLaunched } from '../recover/find-launched.ts';
import { done, record, retryAt, stateOf, type Task, type WorkResult } from './handler.ts';
import { launchedEvent } from './record-launch.ts';

/** A request in flight can still arrive after a lookup. Cursor has taken more than 40 s. */
const MAX_LOOKUPS = 4;

/**
 * The attempt was cancelled while it was unknown whether the agent exists. We look for it and create nothing. If it is
 * found, it is adopted and cancelled like any other agent. If several lookups do not find it, it was never created. The
 * reconciler catches an agent that appears even later.
 */
export async function resolveLaunch(task: Task<EffectOf<'resolve-launch'>>): Promise<WorkResult> {
  const { context, effect } = task;
  const answer = await findLaunched(context, stateOf(task), effect);
  const later =
    context.clock.now() + fullJitter(remoteBackoff, task.failures + 1, context.random, 500);
  if (answer.ok && answer.value?.latestTurn !== undefined) {
    const { url, latestTurn } = answer.value;
    const outcome = {
      kind: 'launched',
      turn: latestTurn,
      adopted: true,
      ...(url === undefined ? {} : { agentUrl: url }),
    } as const;
    record(task, launchedEvent(effect, outcome));
    return done;
  }
  const isAbsent = answer.ok && answer.value === null;
  if (!isAbsent || task.failures + 1 < MAX_LOOKUPS) return retryAt(later);
  record(task, {
    type: 'LaunchRejected',
    agentId: effect.agentId,
    attempt: effect.attempt,
    round: effect.round,
    failure: failureMessages(effect.runtime).neverCreated,
  });
  return done;
}
