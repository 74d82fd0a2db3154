import type { AgentRecord, Answer } from '../../runtimes/port.ts';
import type { SessionState } from '../../session/state.ts';
import { METADATA, variableNames } from '../compose/request.ts';
import type { EngineContext } from '../context.ts';

/** How many of the newest agents are looked through. */
const DEPTH = 500;

/**
 * The agent that a stored launch made, if there is one yet. Where the id was ours it is asked for by that; with
 * variables Cursor chose it, and the agent is found by the mark of the launch in its metadata. `null`: Cursor knows
 * of none, which after a create that is on its way proves nothing yet.
 */
export async function findLaunched(
  context: EngineContext,
  state: SessionState,
  intendedId: string,
): Promise<Answer<AgentRecord | null>> {
  if (variableNames(state).length === 0) return readOrNull(context, intendedId);
  const listed = await context.provider().listOwnAgents(DEPTH);
  if (!listed.ok) return listed;
  const found = listed.value.find(({ metadata }) => metadata[METADATA.launch] === intendedId);
  return found === undefined ? { ok: true, value: null } : readOrNull(context, found.agentId);
}

async function readOrNull(context: EngineContext, id: string): Promise<Answer<AgentRecord | null>> {
  const answer = await context.provider().readAgent(id);
  return !answer.ok && answer.error.code === 'not_found' ? { ok: true, value: null } : answer;
}
