import type { Runtime } from '../../runtimes/port.ts';
import type { Result } from '../../runtimes/provider-error.ts';
import type { ThreadRecord } from '../../runtimes/turn-records.ts';
import type { Attempt, SessionState } from '../../session/state.ts';
import { METADATA, variableNames } from '../compose/request.ts';
import type { EngineContext } from '../context.ts';

/** How many of the newest agents are searched. */
const MAX_LISTED = 500;

/**
 * The agent that a stored launch created, if it exists. It is read by its id, or, with variables, where Cursor chooses the
 * id, found by the launch id in its metadata. `null`: Cursor does not know it, although a request in flight may still
 * create it.
 */
export async function findLaunched(
  context: EngineContext,
  state: SessionState,
  { runtime: id, threadId }: Pick<Attempt, 'runtime' | 'threadId'>,
): Promise<Result<ThreadRecord | null>> {
  const runtime = context.runtime(id);
  const known = knownTurnIds(state, threadId);
  // A round continues in an existing thread: a turn that is not known yet is the one that was sent.
  if (known.length > 0) return unknownTurn(await readOrNull(runtime, threadId), known);
  if (variableNames(state, id).length === 0) return readOrNull(runtime, threadId);
  const listed = await runtime.listOwnThreads(MAX_LISTED);
  if (!listed.ok) return listed;
  const thread = listed.value.find(({ metadata }) => metadata[METADATA.launch] === threadId);
  return thread === undefined ? { ok: true, value: null } : readOrNull(runtime, thread.threadId);
}

/** All known turns of a thread, across rounds. */
export function knownTurnIds(state: SessionState, threadId: Attempt['threadId']): string[] {
  const attempts = state.agents.flatMap((agent) => agent.attempts);
  return attempts
    .filter((attempt) => attempt.threadId === threadId)
    .flatMap(({ turns }) => turns.map(({ id }) => id));
}

function unknownTurn(
  answer: Result<ThreadRecord | null>,
  known: readonly string[],
): Result<ThreadRecord | null> {
  if (!answer.ok || answer.value === null) return answer;
  const { latestTurn } = answer.value;
  const isNew = latestTurn !== undefined && !known.includes(latestTurn.turnId);
  return isNew ? answer : { ok: true, value: null };
}

async function readOrNull(runtime: Runtime, id: string): Promise<Result<ThreadRecord | null>> {
  const answer = await runtime.readThread(id);
  return !answer.ok && answer.error.code === 'not_found' ? { ok: true, value: null } : answer;
}
