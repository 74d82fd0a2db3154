import type { EffectOf } from '../../session/effects.ts';
import type { Failure, SessionEventOf } from '../../session/events.ts';
import { locationOf } from '../../session/run-location.ts';
import { agentOf, attemptOf, documentOf } from '../../session/select.ts';
import { branchesToPush } from '../compose/base-branches.ts';
import { launchRequest, variableNames } from '../compose/request.ts';
import { continueThread } from './continue-thread.ts';
import { done, record, stateOf, type Task, type WorkResult } from './handler.ts';
import { launchWithVariables } from './launch-with-variables.ts';
import { recordLaunch } from './record-launch.ts';

type LaunchTask = Task<EffectOf<'launch'>>;

/**
 * One try to create the attempt's thread, or to continue the thread of an earlier round. The request carries the id of
 * the stored intent, so repeating it after a lost response or a crash can only find the same agent.
 */
export async function launch(task: LaunchTask): Promise<WorkResult> {
  const { effect, context } = task;
  const state = stateOf(task);
  const intent = storedIntent(task, effect);
  const agent = documentOf(state, effect.agentId);
  if (intent === undefined || agent === undefined) {
    throw new Error(`No stored intent for attempt ${effect.attempt} of ${effect.agentId}`);
  }
  const obstacle = await pushBases(task);
  if (obstacle !== null) {
    const { agentId, attempt: number, round } = effect;
    record(task, { type: 'LaunchRejected', agentId, attempt: number, round, failure: obstacle });
    return done;
  }
  const known = agentOf(state, effect.agentId);
  const attempt = known === undefined ? undefined : attemptOf(known, effect.attempt);
  if (attempt?.continues !== undefined) return continueThread(task, intent, attempt.continues);
  if (variableNames(state, effect.runtime).length > 0)
    return launchWithVariables(task, agent, intent);
  const outcome = await context.runtime(effect.runtime).launch(launchRequest(state, agent, intent));
  return recordLaunch(task, outcome);
}

/** Pushes local branches that an agent in the cloud starts from. Returns why that failed, or null. */
async function pushBases({
  context,
  effect,
  sessionId,
  signal,
}: LaunchTask): Promise<Failure | null> {
  const state = stateOf({ context, sessionId });
  const { local } = state;
  if (locationOf(effect.runtime) !== 'cloud' || local?.pushTo === undefined) return null;
  for (const { branch, commit } of branchesToPush(state, effect.agentId)) {
    if (branch === undefined || signal.aborted) continue;
    const pushed = await context.pushBranch({
      sessionId,
      folder: local.folder,
      branch,
      ...(commit === undefined ? {} : { commit }),
      remoteUrl: local.pushTo.remoteUrl,
    });
    if (!pushed.ok) return pushed.error;
  }
  return null;
}

/** The stored intent of an attempt, with the thread that replaced the intended one, if any. */
function storedIntent(
  task: Task<unknown>,
  subject: Pick<EffectOf<'launch'>, 'agentId' | 'attempt'>,
): SessionEventOf<'LaunchIntended'> | undefined {
  const events = task.context.journal
    .sessionEvents(task.sessionId, {
      limit: 1_000,
      types: ['LaunchIntended', 'ThreadReplaced'],
      agentId: subject.agentId,
    })
    .map(({ event }) => event);
  let intent: SessionEventOf<'LaunchIntended'> | undefined;
  for (const event of events) {
    if (!('attempt' in event) || event.attempt !== subject.attempt) continue;
    if (event.type === 'LaunchIntended') intent ??= event;
    if (event.type === 'ThreadReplaced' && intent !== undefined) {
      const { threadId, requestHash, prompt, repositories, bases } = event;
      const fresh = bases === undefined ? {} : { bases };
      intent = { ...intent, threadId, requestHash, prompt, repositories, ...fresh };
    }
  }
  return intent;
}
