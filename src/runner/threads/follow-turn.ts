import { type FollowLine, HEARTBEAT_EVERY_MS } from '../../runtimes/local/protocol.ts';
import type { StoredRecord } from '../log/record.ts';
import type { Thread } from './thread.ts';
import { openRequestsOf, turnOf } from './thread-state.ts';

/**
 * Everything of a turn that lies behind `after`, and then what comes, until its end. Each reader goes through the file
 * at its own speed, so that nobody has to wait for a slow one and nothing is kept in memory for it.
 */
export async function* followTurn(
  thread: Thread,
  turnId: string,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<FollowLine> {
  const turn = turnOf(thread.state, turnId);
  if (turn === undefined) return;
  yield* newsOf(thread, turnId);
  let cursor = Math.max(after, turn.firstSeq);
  // A reader that was cut off may have stored its cursor and not the request.
  for (const { seq, request } of openRequestsOf(turn)) if (seq <= cursor) yield { seq, request };
  while (!signal.aborted) {
    // Asked before reading: what ends the turn while we read is read by the next round.
    const hasEnded = turnOf(thread.state, turnId)?.phase.kind === 'ended';
    for await (const stored of thread.log.read(cursor)) {
      cursor = stored.seq;
      yield* linesOf(thread, turnId, stored);
      if (signal.aborted) return;
    }
    if (hasEnded) {
      const fact = thread.viewTurn(turnId);
      if (fact !== null) yield { fact };
      yield { end: 'complete' };
      return;
    }
    const before = cursor;
    const patience = AbortSignal.any([signal, AbortSignal.timeout(HEARTBEAT_EVERY_MS)]);
    await thread.log.waitBeyond(cursor, patience);
    if (thread.log.isClosed) return;
    if (thread.log.lastSeq === before) yield { heartbeat: true };
  }
}

function* linesOf(
  thread: Thread,
  turnId: string,
  { seq, record }: StoredRecord,
): Generator<FollowLine> {
  if (!('turnId' in record) || record.turnId !== turnId) return;
  if (record.type === 'item') yield { seq, item: record.item };
  if (record.type === 'sent') yield* newsOf(thread, turnId);
  if (record.type === 'request') yield { seq, request: record.request };
  if (record.type === 'request-answered') {
    const { requestId, answer } = record;
    yield { seq, requestEnded: { requestId, outcome: 'answered', answer } };
  }
  if (record.type === 'request-withdrawn') {
    const { requestId, reason } = record;
    yield { seq, requestEnded: { requestId, outcome: 'withdrawn', reason } };
  }
}

/** How the turn stands. Its end is told last, behind everything that it has said. */
function* newsOf(thread: Thread, turnId: string): Generator<FollowLine> {
  const fact = thread.viewTurn(turnId);
  const isOpen = fact?.status === 'CREATING' || fact?.status === 'RUNNING';
  if (fact !== null && isOpen) yield { fact };
}
