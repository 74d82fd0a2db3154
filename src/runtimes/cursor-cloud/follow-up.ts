import type { TurnRecord } from '../turn-records.ts';
import type { FollowUpRequest, LaunchOutcome } from '../turn-requests.ts';
import { type LaunchDependencies, outcomeOf } from './launch.ts';
import { toMcpServers } from './mcp-servers.ts';
import type { Reads } from './reads.ts';
import { MISSING_KEY, type RestResult } from './rest.ts';
import { failureFromHost } from './sdk-failures.ts';
import { modelAndMode } from './turn-options.ts';

/**
 * Sends a follow-up once. Cursor accepts no id of ours for a run, so after a lost response the agent's list of runs
 * decides: an unknown run is the one that we started.
 */
export async function followUp(
  { host, reads, apiKey, clock }: Omit<LaunchDependencies, 'models'>,
  request: FollowUpRequest,
): Promise<LaunchOutcome> {
  const key = apiKey();
  if (key === null) return { kind: 'wait', error: MISSING_KEY.error };
  const mcp = toMcpServers(request.mcpServers);
  if (!mcp.ok) return { kind: 'rejected', error: mcp.failure.error };
  if (request.mayHaveArrived === true) {
    const earlier = await findUnknownTurn(reads, request);
    if (!earlier.ok) {
      const { error } = earlier.failure;
      // A deleted agent accepts no prompt, so repeating the request would never succeed.
      return { kind: error.code === 'not_found' ? 'rejected' : 'unknown', error };
    }
    if (earlier.value !== undefined) return adopted(earlier.value);
  }
  const result = await host.call<'followUp'>(key, {
    name: 'followUp',
    agentId: request.threadId,
    prompt: request.prompt,
    ...modelAndMode(request),
    ...(mcp.servers === undefined ? {} : { mcpServers: mcp.servers }),
  });
  if (result.ok) {
    const { agentId: threadId, runId: turnId, status } = result.value;
    return { kind: 'launched', turn: { threadId, turnId, status, branches: [] }, adopted: false };
  }
  const outcome = outcomeOf(failureFromHost(result.failure, clock()));
  // Busy, perhaps with a run that we started: the list may show it only now.
  const isPerhapsOurs = outcome.error.code === 'busy' && request.mayHaveArrived === true;
  if (outcome.kind !== 'unknown' && !isPerhapsOurs) return outcome;
  const sent = await findUnknownTurn(reads, request);
  return sent.ok && sent.value !== undefined ? adopted(sent.value) : outcome;
}

const adopted = (turn: TurnRecord): LaunchOutcome => ({ kind: 'launched', turn, adopted: true });

async function findUnknownTurn(
  reads: Reads,
  { threadId, knownTurnIds }: FollowUpRequest,
): Promise<RestResult<TurnRecord | undefined>> {
  const turns = await reads.listTurns(threadId);
  if (!turns.ok) return turns;
  return { ok: true, value: turns.value.find(({ turnId }) => !knownTurnIds.includes(turnId)) };
}
