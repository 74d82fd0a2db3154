import { fullJitter, remoteBackoff } from '../../lib/backoff.ts';
import type { ProviderError } from '../../runtimes/provider-error.ts';
import type { EffectOf } from '../../session/effects.ts';
import type { SessionEventOf } from '../../session/events.ts';
import { agentOf } from '../../session/select.ts';
import type { Attempt } from '../../session/state.ts';
import { mcpServersOf, providerOfRequest, turnOptionsOf } from '../compose/request.ts';
import { failureOf } from '../failure.ts';
import { knownTurnIds } from '../recover/find-launched.ts';
import { done, record, retryAt, stateOf, type Task, type WorkResult } from './handler.ts';
import { freshRequest } from './launch-intent.ts';
import { recordLaunch } from './record-launch.ts';

type LaunchTask = Task<EffectOf<'launch'>>;

/** How long a prompt may be in flight after a lost response. Cursor has taken more than 40 s. */
const MAX_TRANSIT_MS = 60_000;

/** Errors that mean that a thread does not accept another turn. */
const unusable: ReadonlySet<ProviderError['code']> = new Set(['not_found', 'archived', 'busy']);

/**
 * One try to begin a round in the thread of the previous round, by sending the prompt as a follow-up. If the thread does not
 * accept it, a new thread replaces it, and the reason is recorded.
 */
export async function continueThread(
  task: LaunchTask,
  intent: SessionEventOf<'LaunchIntended'>,
  { followUpId }: NonNullable<Attempt['continues']>,
): Promise<WorkResult> {
  const { context, effect } = task;
  const state = stateOf(task);
  const phase = agentOf(state, effect.agentId)?.phase;
  // An earlier try, perhaps by an earlier process, may have arrived although its response was lost.
  const mayHaveArrived =
    task.wasTried || isInherited(task) || (phase?.kind === 'launching' && phase.uncertain !== null);
  const outcome = await context.runtime(effect.runtime).followUp({
    threadId: effect.threadId,
    followUpId,
    purpose: 'round',
    prompt: intent.prompt,
    ...turnOptionsOf(intent),
    knownTurnIds: knownTurnIds(state, effect.threadId),
    mayHaveArrived,
    ...mcpServersOf(state, effect.runtime),
    ...providerOfRequest(intent),
  });
  const isRefused = outcome.kind === 'rejected' || outcome.kind === 'wait';
  // After a lost response, the thread may be busy with the turn that we sent.
  const mayBeOurTurn = mayHaveArrived && isRefused && outcome.error.code === 'busy';
  if (isRefused && unusable.has(outcome.error.code) && !mayBeOurTurn) {
    return replaceThread(task, outcome.error);
  }
  const result = recordLaunch(task, outcome);
  if (outcome.kind !== 'unknown') return result;
  const { clock, random } = context;
  const floor = Math.max(outcome.error.retryAfterMs ?? 0, MAX_TRANSIT_MS);
  return retryAt(clock.now() + fullJitter(remoteBackoff, task.failures + 1, random, floor));
}

/** The intent was stored by an earlier process, which may have sent it. */
function isInherited({ context, sessionId, effect, inheritedUpTo }: LaunchTask): boolean {
  return context.journal
    .sessionEvents(sessionId, { limit: 1_000, types: ['LaunchIntended'], agentId: effect.agentId })
    .some(
      ({ event, position }) =>
        event.type === 'LaunchIntended' &&
        event.attempt === effect.attempt &&
        position <= inheritedUpTo,
    );
}

function replaceThread(task: LaunchTask, error: ProviderError): WorkResult {
  const { agentId, attempt, round, runtime } = task.effect;
  const { requestHash, prompt, repositories, bases } = freshRequest(task, task.effect);
  const { threadIdPrefix } = task.context.runtime(runtime).capabilities;
  record(task, {
    type: 'ThreadReplaced',
    agentId,
    attempt,
    round,
    threadId: task.context.ids.thread(threadIdPrefix),
    requestHash,
    prompt,
    repositories,
    ...(bases === undefined ? {} : { bases }),
    failure: failureOf(error),
  });
  return done;
}
