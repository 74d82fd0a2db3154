import { fullJitter, remoteBackoff } from '../../lib/backoff.ts';
import type { LaunchOutcome, TurnOptions } from '../../runtimes/turn-requests.ts';
import type { EffectOf } from '../../session/effects.ts';
import type { TurnId } from '../../session/ids.ts';
import { agentOf, attemptOf, latestTurn } from '../../session/select.ts';
import type { FollowUpPurpose } from '../../session/state.ts';
import { followUpOptions } from '../compose/follow-up-options.ts';
import { mcpServersOf, providerOfRequest, turnOptionsOf } from '../compose/request.ts';
import { failureOf } from '../failure.ts';
import { failureMessages } from '../failure-messages.ts';
import { knownTurnIds } from '../recover/find-launched.ts';
import { folderInUse } from './folder-in-use.ts';
import { done, record, retryAt, stateOf, type Task, type WorkResult } from './handler.ts';

type FollowUpTask = Task<EffectOf<'send-follow-up'>>;

/** How long a prompt may be in flight after a lost response. Cursor has taken more than 40 s. */
const MAX_TRANSIT_MS = 60_000;
const MAX_LOOKUPS = 4;
/** The end of the other agent's turn triggers a retry; this is only a safety net. */
const CHECK_FOLDER_EVERY_MS = 30_000;

/**
 * Delivers a stored follow-up. After a lost response, a run that we do not know yet is the one that the follow-up
 * started.
 */
export async function sendFollowUp(task: FollowUpTask): Promise<WorkResult> {
  const { effect, context } = task;
  const { agentId, attempt, followUpId } = effect;
  const state = stateOf(task);
  const agent = agentOf(state, agentId);
  const known = agent === undefined ? undefined : attemptOf(agent, attempt);
  const intent = storedIntent(task);
  const mayHaveArrived = task.wasTried || intent.position <= task.inheritedUpTo;
  // Includes turns of earlier rounds, which must not be mistaken for the turn whose response was lost.
  const turnIds = knownTurnIds(state, effect.threadId);
  if (agent !== undefined && agent.cancel !== null) {
    return mayHaveArrived ? findFollowUp(task, turnIds) : rejectUnsent(task);
  }
  const busy = folderInUse(context, state, agentId);
  if (busy !== null) {
    recordDelay(task, busy.message);
    return retryAt(context.clock.now() + CHECK_FOLDER_EVERY_MS);
  }
  const runtime = context.runtime(effect.runtime);
  const { outputSchema } = intent;
  const usesSchema = outputSchema !== undefined && runtime.capabilities.structuredOutput;
  const outcome = await runtime.followUp({
    threadId: effect.threadId,
    followUpId,
    purpose: intent.purpose,
    prompt: intent.prompt,
    ...followUpOptions(effect.runtime, known, intent),
    ...(usesSchema ? { outputSchema } : {}),
    knownTurnIds: turnIds,
    // An earlier try, perhaps by an earlier process, may have arrived although its response was lost, so the runtime
    // checks before it sends the prompt again.
    mayHaveArrived,
    // Inline servers are lost when an agent is resumed, so they are sent with every follow-up.
    ...mcpServersOf(state, effect.runtime),
    ...providerOfRequest(known ?? {}),
  });
  return recordOutcome(task, outcome);
}

/** Stores the outcome of a try, and returns whether another one follows. */
function recordOutcome(task: FollowUpTask, outcome: LaunchOutcome): WorkResult {
  const { agentId, attempt, followUpId } = task.effect;
  const { clock, random } = task.context;
  switch (outcome.kind) {
    case 'launched':
      return sent(task, outcome.turn.turnId);
    case 'rejected':
      record(task, {
        type: 'FollowUpRejected',
        agentId,
        attempt,
        followUpId,
        failure: failureOf(outcome.error),
      });
      return done;
    case 'wait':
    case 'unknown': {
      recordDelay(task, outcome.error.message);
      const minDelayMs = outcome.kind === 'unknown' ? MAX_TRANSIT_MS : 0;
      const floor = Math.max(outcome.error.retryAfterMs ?? 0, minDelayMs);
      const delay = fullJitter(remoteBackoff, task.failures + 1, random, floor);
      return retryAt(clock.now() + delay);
    }
    default:
      return outcome satisfies never;
  }
}

/** Stores why the follow-up is delayed, once per reason. A pause can last an hour. */
function recordDelay(task: FollowUpTask, reason: string): void {
  const { agentId, attempt } = task.effect;
  const agent = agentOf(stateOf(task), agentId);
  const known = agent === undefined ? undefined : attemptOf(agent, attempt);
  // While the stream of the previous turn is read, its reader reports the connection.
  if (known === undefined || latestTurn(known)?.stream === 'open') return;
  const { connection } = known;
  if (connection.kind === 'reconnecting' && connection.reason === reason) return;
  record(task, { type: 'ConnectionChanged', agentId, attempt, connection: 'reconnecting', reason });
}

function sent(task: FollowUpTask, id: string): WorkResult {
  const { agentId, attempt, followUpId } = task.effect;
  // The runtime validated the id.
  const turnId = id as TurnId;
  record(task, { type: 'FollowUpSent', agentId, attempt, followUpId, turnId });
  return done;
}

/** Cancelled while it was unknown whether the prompt had arrived: checks, and sends nothing. If it arrived, it is cancelled. */
async function findFollowUp(task: FollowUpTask, turnIds: readonly string[]): Promise<WorkResult> {
  const { context, effect, failures } = task;
  const answer = await context.runtime(effect.runtime).readThread(effect.threadId);
  const turn = answer.ok ? answer.value.latestTurn : undefined;
  if (turn !== undefined && !turnIds.includes(turn.turnId)) return sent(task, turn.turnId);
  const isAbsent = answer.ok || answer.error.code === 'not_found';
  if (isAbsent && failures + 1 >= MAX_LOOKUPS) return rejectUnsent(task);
  return retryAt(context.clock.now() + MAX_TRANSIT_MS / (MAX_LOOKUPS - 1));
}

function rejectUnsent(task: FollowUpTask): WorkResult {
  const { agentId, attempt, followUpId } = task.effect;
  const failure = failureMessages(task.effect.runtime).neverSent;
  record(task, { type: 'FollowUpRejected', agentId, attempt, followUpId, failure });
  return done;
}

function storedIntent(task: FollowUpTask): TurnOptions & {
  readonly prompt: string;
  readonly purpose: FollowUpPurpose;
  readonly position: number;
} {
  const events = task.context.journal.sessionEvents(task.sessionId, {
    limit: 10_000,
    types: ['FollowUpIntended'],
    agentId: task.effect.agentId,
  });
  for (const { event, position } of events) {
    if (event.type === 'FollowUpIntended' && event.followUpId === task.effect.followUpId) {
      const { prompt, purpose, outputSchema } = event;
      const schema = outputSchema === undefined ? {} : { outputSchema };
      return { prompt, purpose, position, ...turnOptionsOf(event), ...schema };
    }
  }
  throw new Error(`No stored follow-up ${task.effect.followUpId}`);
}
