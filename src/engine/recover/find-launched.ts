import type { Runtime } from '../../runtimes/port.ts';
import type { Result } from '../../runtimes/provider-error.ts';
import type { ThreadRecord } from '../../runtimes/turn-records.ts';
import type { Attempt, SessionState } from '../../session/state.ts';
import { METADATA, variableNames } from '../compose/request.ts';
import type { EngineContext } from '../context.ts';

/** How many of the newest agents are looked through. */
const MAX_LISTED = 500;

/**
 * The agent that a stored launch made, if there is one yet. Where the id was ours it is asked for by that; with
 * variables Cursor chose it, and the agent is found by the mark of the launch in its metadata. `null`: Cursor knows
 * of none, which after a create that is on its way proves nothing yet.
 */
export async function findLaunched(
  context: EngineContext,
  state: SessionState,
  { runtime: id, threadId }: Pick<Attempt, 'runtime' | 'threadId'>,
): Promise<Result<ThreadRecord | null>> {
  const runtime = context.runtime(id);
  const known = knownTurnIds(state, threadId);
  // A round continues in a thread that is there: only a turn that nobody knows yet is the one that was sent.
  if (known.length > 0) return unknownTurn(await readOrNull(runtime, threadId), known);
  if (variableNames(state, id).length === 0) return readOrNull(runtime, threadId);
  const listed = await runtime.listOwnThreads(MAX_LISTED);
  if (!listed.ok) return listed;
  const found = listed.value.find(({ metadata }) => metadata[METADATA.launch] === threadId);
  return found === undefined ? { ok: true, value: null } : readOrNull(runtime, found.threadId);
}

/** The turns of a thread that the session knows, over all rounds in it. */
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
