import { isDiskFullError, systemErrorReason } from '../../lib/system-error.ts';
import { type FollowLine, HEARTBEAT_EVERY_MS } from '../../runtimes/local/protocol.ts';
import type { StoredRecord } from '../log/record.ts';
import type { Thread } from './thread.ts';
import { openRequestsOf, turnOf } from './thread-state.ts';

/**
 * Yields everything of a turn after the cursor `after`, then new lines as they come, until its end. Each reader reads
 * the file at its own pace, so that a slow one delays nobody and nothing is buffered for it.
 */
export async function* followTurn(
  thread: Thread,
  turnId: string,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<FollowLine> {
  const turn = turnOf(thread.state, turnId);
  if (turn === undefined) return;
  yield* statusLines(thread, turnId);
  let cursor = Math.max(after, turn.firstSeq);
  // A disconnected reader may have stored a cursor that is past the request, but not the request.
  for (const { seq, request } of openRequestsOf(turn)) if (seq <= cursor) yield { seq, request };
  while (!signal.aborted) {
    // Checked before reading: if the turn ends during the reading, the next iteration reads the rest.
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
    const signalOrHeartbeat = AbortSignal.any([signal, AbortSignal.timeout(HEARTBEAT_EVERY_MS)]);
    await thread.log.waitForRecordAfter(cursor, signalOrHeartbeat);
    if (thread.log.isClosed) return;
    if (thread.log.lastSeq === before) yield heartbeatOf(thread);
  }
}

/** On a full disk, the program of the agent may have failed too. That cannot be recorded either until there is space. */
export function heartbeatOf({
  log: { writeError },
}: {
  readonly log: Pick<Thread['log'], 'writeError'>;
}): FollowLine {
  return writeError === null
    ? { heartbeat: true }
    : {
        heartbeat: true,
        trouble: `Its newest work cannot be recorded: ${systemErrorReason(writeError)}. ${
          isDiskFullError(writeError) ? 'Free some space' : 'Fix this'
        }; then it continues, or says what to do.`,
      };
}

function* linesOf(
  thread: Thread,
  turnId: string,
  { seq, record }: StoredRecord,
): Generator<FollowLine> {
  if (!('turnId' in record) || record.turnId !== turnId) return;
  if (record.type === 'item') yield { seq, item: record.item };
  if (record.type === 'sent') yield* statusLines(thread, turnId);
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

/** The status of a turn in progress. The end of a turn is sent last, after all of its items. */
function* statusLines(thread: Thread, turnId: string): Generator<FollowLine> {
  const fact = thread.viewTurn(turnId);
  const isOpen = fact?.status === 'CREATING' || fact?.status === 'RUNNING';
  if (fact !== null && isOpen) yield { fact };
}
