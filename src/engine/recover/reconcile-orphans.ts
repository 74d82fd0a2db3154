import type { Runtime } from '../../runtimes/port.ts';
import type { Result } from '../../runtimes/provider-error.ts';
import type { ThreadRecord } from '../../runtimes/turn-records.ts';
import { isTerminal } from '../../runtimes/turn-records.ts';
import { agentOf, isSettled } from '../../session/select.ts';
import type { Engine } from '../api.ts';
import { METADATA } from '../compose/request.ts';
import type { EngineContext } from '../context.ts';
import { failureOf } from '../failure.ts';

/** How many of the newest agents are searched. */
const MAX_LISTED = 500;

/** An agent on Cursor that Cerevisor started according to its metadata, but that is not in the journal. */
export type Orphan = {
  readonly record: ThreadRecord;
  /** The session to which it belongs, according to its metadata; it may be of another machine. */
  readonly sessionId: string | null;
};

/**
 * Lists agents on Cursor that Cerevisor started but that are not in the journal, for example because another machine
 * started them or the disk was lost.
 */
export async function findOrphans(context: EngineContext): Promise<Result<readonly Orphan[]>> {
  const orphans: Orphan[] = [];
  for (const runtime of runtimesWithOrphans(context)) {
    const listed = await runtime.listOwnThreads(MAX_LISTED);
    if (!listed.ok) return listed;
    for (const record of listed.value) {
      if (rowOf(context, record) !== null) continue;
      orphans.push({ record, sessionId: record.metadata[METADATA.session] ?? null });
    }
  }
  return { ok: true, value: orphans };
}

/** The orphans as clients receive them. */
export async function listOrphans(context: EngineContext): ReturnType<Engine['orphans']> {
  const orphans = await findOrphans(context);
  if (!orphans.ok) return { ok: false, error: failureOf(orphans.error) };
  const value = orphans.value.map(({ record, sessionId }) => ({
    cursorAgentId: record.threadId,
    name: record.name ?? record.threadId,
    createdAt: record.createdAt ?? null,
    sessionId,
  }));
  return { ok: true, value };
}

/**
 * Cancels agents that are running on Cursor although their attempt was settled as cancelled before it was created. This
 * happens if a create request arrives later than expected. Without this, such agents would run and be billed unnoticed.
 */
export async function cancelLateArrivals(context: EngineContext): Promise<number> {
  let cancelled = 0;
  for (const runtime of runtimesWithOrphans(context))
    cancelled += await cancelLateIn(context, runtime);
  return cancelled;
}

const runtimesWithOrphans = ({ runtimes }: EngineContext): readonly Runtime[] =>
  runtimes().filter(({ capabilities }) => capabilities.orphans);

async function cancelLateIn(context: EngineContext, runtime: Runtime): Promise<number> {
  const listed = await runtime.listOwnThreads(MAX_LISTED);
  if (!listed.ok) return 0;
  let cancelled = 0;
  for (const record of listed.value) {
    if (!isLateArrival(context, record)) continue;
    const current = await runtime.readThread(record.threadId);
    const turn = current.ok ? current.value.latestTurn : undefined;
    if (turn === undefined || isTerminal(turn.status)) continue;
    const answer = await runtime.cancel(record.threadId, turn.turnId);
    context.log.warn(
      { threadId: record.threadId, isCancelled: answer.ok },
      'Cancelled an agent that Cursor created after its launch was given up',
    );
    if (answer.ok) cancelled += 1;
  }
  return cancelled;
}

/** Finds the attempt by the agent's id, or by the id of its launch if Cursor chose the id and its response was lost. */
function rowOf({ journal }: EngineContext, { threadId, metadata }: ThreadRecord) {
  const known = journal.attemptByThread(threadId);
  const launch = metadata[METADATA.launch];
  return known ?? (launch === undefined ? null : journal.attemptByThread(launch));
}

function isLateArrival(context: EngineContext, record: ThreadRecord): boolean {
  const row = rowOf(context, record);
  if (row === null || row.latestTurnId !== null) return false;
  const state = context.journal.state(row.sessionId);
  const agent = state === undefined ? undefined : agentOf(state, row.agentId);
  if (agent === undefined) return false;
  const isReplaced = row.attempt < agent.attempts.length;
  return isReplaced || isSettled(agent);
}
