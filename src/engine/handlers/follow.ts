import { fullJitter } from '../../lib/backoff.ts';
import type { FollowEnd, FollowObserver } from '../../runtimes/follow-types.ts';
import type { EffectOf } from '../../session/effects.ts';
import type { SessionEventOf } from '../../session/events.ts';
import { agentOf, attemptOf, latestTurn } from '../../session/select.ts';
import { failureOf } from '../failure.ts';
import { failureMessages } from '../failure-messages.ts';
import { done, record, retryAt, stateOf, type Task, type WorkResult } from './handler.ts';
import { recordFact } from './record-fact.ts';
import { recordToolRequest, recordToolRequestEnd } from './record-tool-request.ts';

type FollowTask = Task<EffectOf<'follow'>>;

/** Reads a run's stream from the stored cursor to its end. Items are stored before clients receive them. */
export async function follow(task: FollowTask): Promise<WorkResult> {
  const { effect, context } = task;
  const stored = context.journal.streamCursor(effect.turnId);
  const halt = new AbortController();
  const end = await context.runtime(effect.runtime).follow(
    {
      threadId: effect.threadId,
      turnId: effect.turnId,
      ...(stored?.cursor == null ? {} : { cursor: stored.cursor }),
      hasEnded: effect.hasEnded,
      isUrgent: () => context.isWatched?.(task.sessionId) ?? false,
      signal: AbortSignal.any([task.signal, halt.signal]),
    },
    observerOf(task, halt),
  );
  return concludeFollow(task, end);
}

function observerOf(task: FollowTask, halt: AbortController): FollowObserver {
  const { effect, context } = task;
  const { agentId, attempt, turnId } = effect;
  const { journal, clock } = context;
  return {
    onItems({ items, cursor }) {
      const isAccepted = journal.buffer({
        sessionId: task.sessionId,
        agentId,
        attempt,
        turnId,
        items,
        ...(cursor === undefined ? {} : { cursor }),
      });
      // The disk rejects writes: stop reading. Items that were not stored are read again from the cursor.
      if (!isAccepted) halt.abort();
    },
    onFact(fact) {
      journal.recordHeartbeat(turnId, clock.now());
      recordFact(task, fact);
    },
    onRequest: (request) => recordToolRequest(task, request),
    onRequestEnded: (end) => recordToolRequestEnd(task, end),
    onConnection(connection, reason) {
      const current = currentAttempt(task);
      // The rest of an earlier turn may be read at the same time; only the newest turn's connection is shown.
      if (latestTurn(current)?.id !== turnId) return;
      const known = current?.connection;
      if (known?.kind === connection && known.reason === (reason ?? null)) return;
      record(task, {
        type: 'ConnectionChanged',
        agentId,
        attempt,
        connection,
        ...(reason === undefined ? {} : { reason }),
      });
    },
    onHeartbeat: () => journal.recordHeartbeat(turnId, clock.now()),
    onGap({ reason, detail, turnStatus }) {
      record(task, {
        type: 'StreamGap',
        agentId,
        attempt,
        turnId,
        reason,
        detail,
        ...(turnStatus === undefined ? {} : { runStatus: turnStatus }),
      });
    },
  };
}

function currentAttempt(task: FollowTask) {
  const agent = agentOf(stateOf(task), task.effect.agentId);
  return agent === undefined ? undefined : attemptOf(agent, task.effect.attempt);
}

function concludeFollow(task: FollowTask, end: FollowEnd): WorkResult {
  const { effect, context } = task;
  const { agentId, attempt, turnId } = effect;
  switch (end.kind) {
    case 'complete':
    case 'incomplete':
      record(task, {
        type: 'StreamEnded',
        agentId,
        attempt,
        turnId,
        complete: end.kind === 'complete',
      });
      return done;
    case 'aborted':
      return retryAt(context.clock.now() + 2_000);
    case 'blocked':
      return blocked(task, end.error);
    default:
      return end satisfies never;
  }
}

/** Reading cannot continue until the user acts, or the runtime no longer knows the turn. */
function blocked(
  task: FollowTask,
  error: Extract<FollowEnd, { kind: 'blocked' }>['error'],
): WorkResult {
  const { agentId, attempt, turnId } = task.effect;
  const streamEnded = { type: 'StreamEnded', agentId, attempt, turnId, complete: false } as const;
  if (error.code === 'not_found') {
    record(task, goneEvent(task.effect), streamEnded);
    return done;
  }
  if (task.effect.hasEnded) {
    const detail = failureOf(error).message;
    const gap = { type: 'StreamGap', agentId, attempt, turnId, reason: 'unavailable' } as const;
    record(task, { ...gap, detail }, streamEnded);
    return done;
  }
  const { clock, random } = task.context;
  const failure = failureOf(error);
  record(task, {
    type: 'ConnectionChanged',
    agentId,
    attempt,
    connection: 'unknown',
    reason: failure.message,
    failure,
  });
  const delay = fullJitter(
    { baseMs: 15_000, capMs: 120_000 },
    task.failures + 1,
    random,
    error.retryAfterMs ?? 0,
  );
  return retryAt(clock.now() + delay);
}

/** The runtime no longer knows the turn. */
function goneEvent({
  agentId,
  attempt,
  turnId,
  runtime,
}: FollowTask['effect']): SessionEventOf<'RunEnded'> {
  return {
    type: 'RunEnded',
    agentId,
    attempt,
    turnId,
    outcome: 'gone',
    branches: [],
    failure: failureMessages(runtime).gone,
    source: 'record',
    whileAway: false,
  };
}
