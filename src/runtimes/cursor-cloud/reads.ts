import type { RemoteArtifact } from '../port.ts';
import type { Result } from '../provider-error.ts';
import type { ThreadRecord, TurnRecord, UsageReport } from '../turn-records.ts';
import type { Rest, RestAnswer } from './rest.ts';
import {
  agentListSchema,
  agentSchema,
  artifactLinkSchema,
  artifactListSchema,
  runListSchema,
  runSchema,
  toThreadRecord,
  toTurnRecord,
  usageSchema,
  type WireAgent,
} from './wire.ts';

/** Present in the metadata of every agent that this product launches; the reconciler finds them by it. */
export const METADATA_MARKER = 'cerevisor';

const PAGE_SIZE = 100;
const agentPath = (agentId: string) => `/v1/agents/${encodeURIComponent(agentId)}`;
const runPath = (agentId: string, runId: string) =>
  `${agentPath(agentId)}/runs/${encodeURIComponent(runId)}`;
export const streamPath = (agentId: string, runId: string) => `${runPath(agentId, runId)}/stream`;

/** What we ask Cursor's API ourselves; each read answers within its deadline. */
export function createReads(rest: Rest) {
  const readTurn = async (
    threadId: string,
    turnId: string,
    signal?: AbortSignal,
  ): Promise<RestAnswer<TurnRecord>> => {
    const answer = await rest.get(runPath(threadId, turnId), runSchema, { signal });
    return answer.ok ? { ok: true, value: toTurnRecord(threadId, turnId, answer.value) } : answer;
  };

  const readThread = async (threadId: string): Promise<RestAnswer<ThreadRecord>> => {
    const agent = await rest.get(agentPath(threadId), agentSchema);
    if (!agent.ok) return agent;
    const { latestRunId } = agent.value;
    if (latestRunId === undefined) return { ok: true, value: toThreadRecord(agent.value) };
    const run = await readTurn(threadId, latestRunId);
    return run.ok ? { ok: true, value: toThreadRecord(agent.value, run.value) } : run;
  };

  /** Newest first, one page: an agent of ours never has more than a few runs. */
  const listTurns = async (threadId: string): Promise<RestAnswer<readonly TurnRecord[]>> => {
    const answer = await rest.get(`${agentPath(threadId)}/runs`, runListSchema, {
      query: { limit: PAGE_SIZE },
    });
    if (!answer.ok) return answer;
    return {
      ok: true,
      value: answer.value.items.map((run) => toTurnRecord(threadId, run.id, run)),
    };
  };

  return { readTurn, readThread, listTurns };
}
export type Reads = ReturnType<typeof createReads>;

export const toAnswer = <Value>(answer: RestAnswer<Value>): Result<Value> =>
  answer.ok ? answer : { ok: false, error: answer.failure.error };

export async function listArtifacts(
  rest: Rest,
  agentId: string,
): Promise<Result<readonly RemoteArtifact[]>> {
  const answer = await rest.get(`${agentPath(agentId)}/artifacts`, artifactListSchema);
  if (!answer.ok) return toAnswer(answer);
  const artifacts = answer.value.items.map(({ path, sizeBytes, updatedAt }) => ({
    path,
    sizeBytes,
    ...(updatedAt === undefined ? {} : { updatedAt }),
  }));
  return { ok: true, value: artifacts };
}

export async function artifactLink(
  rest: Rest,
  agentId: string,
  path: string,
): Promise<Result<string>> {
  const answer = await rest.get(`${agentPath(agentId)}/artifacts/download`, artifactLinkSchema, {
    query: { path },
  });
  return answer.ok ? { ok: true, value: answer.value.url } : toAnswer(answer);
}

/** Usage of one run. A run that Cursor does not list yet has no usage yet, which is not zero. */
export async function readUsage(
  rest: Rest,
  agentId: string,
  runId: string,
): Promise<Result<UsageReport>> {
  const answer = await rest.get(`${agentPath(agentId)}/usage`, usageSchema, {
    query: { runId },
  });
  if (!answer.ok) return toAnswer(answer);
  const entry = answer.value.runs.find((run) => run.id === runId);
  if (entry === undefined) {
    const message = 'Cursor has not reported the usage of this run yet.';
    return { ok: false, error: { code: 'not_found', message, suggestion: 'Ask again later.' } };
  }
  const cents = entry.cost?.chargedCents;
  return {
    ok: true,
    value: { ...entry.usage, ...(cents === undefined ? {} : { chargedCents: cents }) },
  };
}

/** Agents that carry our mark, newest first. Absence proves nothing: Cursor may list an agent late. */
export async function listOwnThreads(
  rest: Rest,
  limit: number,
): Promise<Result<readonly ThreadRecord[]>> {
  const own: ThreadRecord[] = [];
  let cursor: string | undefined;
  let pages = 0;
  do {
    const answer = await rest.get('/v1/agents', agentListSchema, {
      query: { limit: PAGE_SIZE, ...(cursor === undefined ? {} : { cursor }) },
    });
    if (!answer.ok) return toAnswer(answer);
    own.push(...answer.value.items.filter(isOwn).map((agent) => toThreadRecord(agent)));
    // A server that repeats its cursor, or never runs out of pages, must not keep us here forever.
    cursor = answer.value.nextCursor === cursor ? undefined : answer.value.nextCursor;
    pages += 1;
  } while (cursor !== undefined && own.length < limit && pages < MAX_PAGES);
  return { ok: true, value: own.slice(0, limit) };
}

const MAX_PAGES = 50;
const isOwn = (agent: WireAgent): boolean => agent.metadata?.[METADATA_MARKER] !== undefined;
