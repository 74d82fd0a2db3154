import { fullJitter, remoteBackoff } from '../../lib/backoff.ts';
import type { ProviderError } from '../../runtimes/provider-error.ts';
import type { LaunchOutcome } from '../../runtimes/turn-requests.ts';
import type { EffectOf } from '../../session/effects.ts';
import type { SessionEventOf } from '../../session/events.ts';
import type { ThreadId, TurnId } from '../../session/ids.ts';
import { agentOf } from '../../session/select.ts';
import { failureOf } from '../failure.ts';
import { done, record, retryAt, stateOf, type Task, type WorkResult } from './handler.ts';

/** Stores the outcome of a launch try, and returns whether another try follows. */
export function recordLaunch(task: Task<EffectOf<'launch'>>, outcome: LaunchOutcome): WorkResult {
  const { agentId, attempt, round } = task.effect;
  switch (outcome.kind) {
    case 'launched':
      record(task, launchedEvent(task.effect, outcome));
      return done;
    case 'rejected':
      record(task, {
        type: 'LaunchRejected',
        agentId,
        attempt,
        round,
        failure: failureOf(outcome.error),
      });
      return done;
    case 'wait':
      return deferLaunch(task, outcome.error);
    case 'unknown':
      return repeatLaunch(task, outcome.error);
    default:
      return outcome satisfies never;
  }
}

export function launchedEvent(
  effect: Pick<EffectOf<'launch'>, 'agentId' | 'attempt' | 'round'>,
  outcome: Extract<LaunchOutcome, { kind: 'launched' }>,
): SessionEventOf<'Launched'> {
  return {
    type: 'Launched',
    agentId: effect.agentId,
    attempt: effect.attempt,
    round: effect.round,
    // The runtime validated both ids.
    threadId: outcome.turn.threadId as ThreadId,
    turnId: outcome.turn.turnId as TurnId,
    ...(outcome.agentUrl === undefined ? {} : { agentUrl: outcome.agentUrl }),
    adopted: outcome.adopted,
  };
}

const waitReasons: Partial<
  Record<ProviderError['code'], SessionEventOf<'LaunchDeferred'>['reason']>
> = {
  usage_limit: 'usage_limit',
  unauthorized: 'credentials',
  unreachable: 'offline',
};

/** Cursor requested a pause, or the user has to act first. Shown as waiting, never as a failure. */
function deferLaunch(task: Task<EffectOf<'launch'>>, error: ProviderError): WorkResult {
  const { clock, random } = task.context;
  const { agentId, attempt, round } = task.effect;
  const reason = waitReasons[error.code] ?? 'rate_limited';
  // Account limits and wrong keys need the user, so frequent tries would only use up the rate limit.
  const backoff =
    reason === 'rate_limited' || reason === 'offline'
      ? remoteBackoff
      : { baseMs: 30_000, capMs: 300_000 };
  const until =
    clock.now() + fullJitter(backoff, task.failures + 1, random, error.retryAfterMs ?? 0);
  record(task, {
    type: 'LaunchDeferred',
    agentId,
    attempt,
    round,
    reason,
    until,
    failure: failureOf(error),
  });
  return retryAt(until);
}

/** The response was lost, so it is unknown whether the agent exists. The next try with the same id finds out. */
function repeatLaunch(task: Task<EffectOf<'launch'>>, error: ProviderError): WorkResult {
  const { agentId, attempt, round } = task.effect;
  const phase = agentOf(stateOf(task), agentId)?.phase;
  const failure = failureOf(error);
  const isNew =
    phase?.kind === 'launching' &&
    (phase.uncertain?.code !== failure.code || phase.uncertain.message !== failure.message);
  if (isNew) record(task, { type: 'LaunchUncertain', agentId, attempt, round, failure });
  const { clock, random } = task.context;
  const delay = fullJitter(remoteBackoff, task.failures + 1, random, error.retryAfterMs ?? 0);
  return retryAt(clock.now() + delay);
}
