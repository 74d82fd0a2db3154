import { fullJitter, remoteBackoff } from '../../lib/backoff.ts';
import type { EffectOf } from '../../session/effects.ts';
import type { Failure, SessionEventOf } from '../../session/events.ts';
import { agentOf } from '../../session/select.ts';
import type { Agent } from '../../workflow/schema.ts';
import { launchRequest, variableNames } from '../compose/request.ts';
import { findLaunched } from '../recover/find-launched.ts';
import { missingValues, readVariables } from '../start/variables.ts';
import { done, record, retryAt, stateOf, type Task, type WorkResult } from './handler.ts';
import { recordLaunch } from './record-launch.ts';

type LaunchTask = Task<EffectOf<'launch'>>;

/** Cursor has taken more than 40 s to create an agent, and lists it only after that. */
const MAX_ARRIVAL_MS = 180_000;
const POLL_EVERY_MS = 20_000;
/** The user has to store the value first. */
const CHECK_VALUES_EVERY_MS = 30_000;

/**
 * One try to create an agent that gets variables. Cursor does not accept an id from us in this case, so it cannot
 * detect a repeated create request, which would create a second agent. We therefore record on disk that the request is
 * about to be sent; from that point until Cursor's response is recorded too, we only look for the agent and never send
 * the request again.
 */
export async function launchWithVariables(
  task: LaunchTask,
  agent: Agent,
  intent: SessionEventOf<'LaunchIntended'>,
): Promise<WorkResult> {
  const { context, effect } = task;
  const { agentId, attempt, round } = effect;
  const state = stateOf(task);
  const phase = agentOf(state, agentId)?.phase;
  if (phase?.kind === 'launching' && phase.uncertain !== null) return findAgent(task);
  const names = variableNames(state, effect.runtime);
  const read = readVariables(context, names);
  const failure = missingValues(read);
  if (failure !== null) return waitForValues(task, failure);
  record(task, {
    type: 'LaunchUncertain',
    agentId,
    attempt,
    round,
    failure: {
      code: 'launch_in_flight',
      message: 'The request to create the agent was sent; the response has not arrived yet.',
    },
  });
  if (task.signal.aborted) return done;
  const request = { ...launchRequest(state, agent, intent), variables: read.values };
  return recordLaunch(task, await context.runtime(effect.runtime).launch(request));
}

function waitForValues(task: LaunchTask, failure: Failure): WorkResult {
  const { agentId, attempt, round } = task.effect;
  const until = task.context.clock.now() + CHECK_VALUES_EVERY_MS;
  record(task, {
    type: 'LaunchDeferred',
    agentId,
    attempt,
    round,
    reason: 'credentials',
    until,
    failure,
  });
  return retryAt(until);
}

/** Adopts the agent if it exists. If it does not after `MAX_ARRIVAL_MS`, the launch is rejected, and the user decides. */
async function findAgent(task: LaunchTask): Promise<WorkResult> {
  const { context, effect, failures } = task;
  const { agentId, attempt, round, runtime, threadId } = effect;
  const answer = await findLaunched(context, stateOf(task), { runtime, threadId });
  const now = context.clock.now();
  if (!answer.ok) {
    const floor = answer.error.retryAfterMs ?? 0;
    return retryAt(now + fullJitter(remoteBackoff, failures + 1, context.random, floor));
  }
  if (answer.value?.latestTurn !== undefined) {
    const { latestTurn, url } = answer.value;
    return recordLaunch(task, {
      kind: 'launched',
      turn: latestTurn,
      ...(url === undefined ? {} : { agentUrl: url }),
      adopted: true,
    });
  }
  const sentAt = agentOf(stateOf(task), agentId)?.changedAt ?? now;
  if (answer.value !== null || now - sentAt < MAX_ARRIVAL_MS) {
    return retryAt(now + POLL_EVERY_MS);
  }
  record(task, {
    type: 'LaunchRejected',
    agentId,
    attempt,
    round,
    failure: {
      code: 'launch_unresolved',
      message:
        'The response to the create request was lost, and Cursor lists no such agent. The request was not repeated, because that could create a second agent.',
      suggestion: 'Retry the agent; if the first one appears later, it is cancelled.',
    },
  });
  return done;
}
