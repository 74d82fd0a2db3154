import type { Runtime } from '../../runtimes/port.ts';
import type { Result } from '../../runtimes/provider-error.ts';
import type { ThreadRecord, TurnRecord } from '../../runtimes/turn-records.ts';
import { isGivenUp } from '../../session/select.ts';
import type { Attempt, SessionState, Turn } from '../../session/state.ts';
import type { AgentId } from '../../workflow/ids.ts';
import type { EngineContext } from '../context.ts';
import { failureMessages } from '../failure-messages.ts';
import { recordFact } from '../handlers/record-fact.ts';

/** A run without any sign of life for this long that cannot be reconciled is flagged. */
export const SILENCE_LIMIT_MS = 24 * 60 * 60 * 1000;

/** A run whose outcome can still change. */
export type OpenTurn = {
  readonly agentId: AgentId;
  readonly attempt: Attempt;
  readonly turn: Turn;
};

/** Turns that have not ended. `includeGivenUp`: also those that may still be alive or finished. */
export function openTurns(
  state: SessionState,
  { includeGivenUp = false }: { readonly includeGivenUp?: boolean } = {},
): OpenTurn[] {
  return state.agents.flatMap((agent) => {
    const attempt = agent.attempts.at(-1);
    const turn = attempt?.turns.at(-1);
    if (attempt === undefined || turn === undefined) return [];
    return turn.ended === null || (includeGivenUp && isProvisional(turn))
      ? [{ agentId: agent.id, attempt, turn }]
      : [];
  });
}

/** The end is our own conclusion, or was reported only by the stream, so that a later fact can change it. */
function isProvisional(turn: Turn): boolean {
  return isGivenUp(turn) || turn.ended?.check === 'open' || turn.ended?.check === 'unanswered';
}

/** Reads the record of a turn. */
export type ReadTurn = (
  runtime: Runtime,
  threadId: string,
  turnId: string,
) => Promise<Result<TurnRecord>>;

const readRecord: ReadTurn = (runtime, threadId, turnId) => runtime.readTurn(threadId, turnId);

export type ReconcileOptions = {
  /** Reads the record; by default, as the runtime stores it. */
  readonly read?: ReadTurn;
  /** Whether the supervisor follows the turn. Called after the record has been read. */
  readonly isFollowed: () => boolean;
};

/**
 * Reads the record of a turn and stores what it says. If the turn was not being followed, an end counts as `whileAway`, and
 * its connection becomes unknown if the runtime does not respond. After 24 hours of silence, the turn is marked as failed
 * with that reason.
 */
export async function reconcileTurn(
  context: EngineContext,
  state: SessionState,
  open: OpenTurn,
  { read = readRecord, isFollowed }: ReconcileOptions,
): Promise<void> {
  const { agentId, attempt, turn } = open;
  const runtime = context.runtime(attempt.runtime);
  const answer = await read(runtime, attempt.threadId, turn.id);
  const wasAway = !isFollowed() || isGivenUp(turn);
  const { journal, clock } = context;
  if (answer.ok) {
    journal.recordHeartbeat(turn.id, clock.now());
    const effect = { agentId, attempt: attempt.number, turnId: turn.id };
    const task = { context, sessionId: state.id, effect, signal: neverAborted };
    recordFact(task, { record: answer.value, source: 'record' }, wasAway);
    return;
  }
  if (answer.error.code === 'not_found' && (await isGone(runtime, attempt.threadId))) {
    giveUp(context, state, open, 'gone');
    return;
  }
  if (isSilentTooLong(context, open)) {
    giveUp(context, state, open, 'silent');
    return;
  }
  if (!isFollowed())
    changeConnection(context, state, open, {
      connection: 'unknown',
      reason: answer.error.message,
    });
}

const neverAborted = new AbortController().signal;

async function isGone(runtime: Runtime, threadId: string): Promise<boolean> {
  const agent: Result<ThreadRecord> = await runtime.readThread(threadId);
  return !agent.ok && agent.error.code === 'not_found';
}

function isSilentTooLong(context: EngineContext, { attempt, turn }: OpenTurn): boolean {
  const lastHeartbeat =
    context.journal.streamCursor(turn.id)?.lastHeartbeatAt ??
    attempt.launchedAt ??
    attempt.intendedAt;
  return context.clock.now() - lastHeartbeat > SILENCE_LIMIT_MS;
}

function giveUp(
  context: EngineContext,
  state: SessionState,
  { agentId, attempt, turn }: OpenTurn,
  outcome: 'silent' | 'gone',
): void {
  context.journal.append(state.id, [
    {
      type: 'RunEnded',
      agentId,
      attempt: attempt.number,
      turnId: turn.id,
      outcome,
      branches: [],
      failure: failureMessages(attempt.runtime)[outcome],
      source: outcome === 'silent' ? 'none' : 'record',
      whileAway: true,
    },
  ]);
}

/** Stores the state of the connection to a turn, if it changed. */
export function changeConnection(
  context: EngineContext,
  state: SessionState,
  { agentId, attempt }: OpenTurn,
  {
    connection,
    reason,
  }: { readonly connection: 'reconnecting' | 'unknown'; readonly reason: string },
): void {
  const known = attempt.connection;
  if (known.kind === connection && known.reason === reason) return;
  context.journal.append(state.id, [
    { type: 'ConnectionChanged', agentId, attempt: attempt.number, connection, reason },
  ]);
}
