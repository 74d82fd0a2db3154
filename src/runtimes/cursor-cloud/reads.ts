import type { RemoteArtifact } from '../port.ts';
import type { Result } from '../provider-error.ts';
import type { ThreadRecord, TurnRecord, UsageReport } from '../turn-records.ts';
import type { Rest, RestResult } from './rest.ts';
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

/** Set in the metadata of every agent that this product launches, so that the reconciler can find them. */
export const METADATA_MARKER = 'cerevisor';

const PAGE_SIZE = 100;
const agentPath = (agentId: string) => `/v1/agents/${encodeURIComponent(agentId)}`;
const runPath = (agentId: string, runId: string) =>
  `${agentPath(agentId)}/runs/${encodeURIComponent(runId)}`;
export const streamPath = (agentId: string, runId: string) => `${runPath(agentId, runId)}/stream`;

/** Reads of Cursor's API without the SDK. Each settles within its deadline. */
export function createReads(rest: Rest) {
  const readTurn = async (
    threadId: string,
    turnId: string,
    signal?: AbortSignal,
  ): Promise<RestResult<TurnRecord>> => {
    const result = await rest.get(runPath(threadId, turnId), runSchema, { signal });
    return result.ok ? { ok: true, value: toTurnRecord(threadId, turnId, result.value) } : result;
  };

  const readThread = async (threadId: string): Promise<RestResult<ThreadRecord>> => {
    const agent = await rest.get(agentPath(threadId), agentSchema);
    if (!agent.ok) return agent;
    const { latestRunId } = agent.value;
    if (latestRunId === undefined) return { ok: true, value: toThreadRecord(agent.value) };
    const run = await readTurn(threadId, latestRunId);
    return run.ok ? { ok: true, value: toThreadRecord(agent.value, run.value) } : run;
  };

  /** Newest first. One page is enough, because our agents have only a few runs. */
  const listTurns = async (threadId: string): Promise<RestResult<readonly TurnRecord[]>> => {
    const result = await rest.get(`${agentPath(threadId)}/runs`, runListSchema, {
      query: { limit: PAGE_SIZE },
    });
    if (!result.ok) return result;
    return {
      ok: true,
      value: result.value.items.map((run) => toTurnRecord(threadId, run.id, run)),
    };
  };

  return { readTurn, readThread, listTurns };
}
export type Reads = ReturnType<typeof createReads>;

export const toResult = <Value>(result: RestResult<Value>): Result<Value> =>
  result.ok ? result : { ok: false, error: result.failure.error };

export async function listArtifacts(
  rest: Rest,
  agentId: string,
): Promise<Result<readonly RemoteArtifact[]>> {
  const result = await rest.get(`${agentPath(agentId)}/artifacts`, artifactListSchema);
  if (!result.ok) return toResult(result);
  const artifacts = result.value.items.map(({ path, sizeBytes, updatedAt }) => ({
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
  const result = await rest.get(`${agentPath(agentId)}/artifacts/download`, artifactLinkSchema, {
    query: { path },
  });
  return result.ok ? { ok: true, value: result.value.url } : toResult(result);
}

/** The usage of a run. A run that Cursor does not list yet has unknown usage, not zero. */
export async function readUsage(
  rest: Rest,
  agentId: string,
  runId: string,
): Promise<Result<UsageReport>> {
  const result = await rest.get(`${agentPath(agentId)}/usage`, usageSchema, {
    query: { runId },
  });
  if (!result.ok) return toResult(result);
  const entry = result.value.runs.find((run) => run.id === runId);
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

/** Agents with our metadata marker, newest first. Cursor may list an agent late, so absence proves nothing. */
export async function listOwnThreads(
  rest: Rest,
  limit: number,
): Promise<Result<readonly ThreadRecord[]>> {
  const threads: ThreadRecord[] = [];
  let cursor: string | undefined;
  let pages = 0;
  do {
    const result = await rest.get('/v1/agents', agentListSchema, {
      query: { limit: PAGE_SIZE, ...(cursor === undefined ? {} : { cursor }) },
    });
    if (!result.ok) return toResult(result);
    threads.push(...result.value.items.filter(isOwn).map((agent) => toThreadRecord(agent)));
    // Guards against a server that repeats its cursor or never runs out of pages.
    cursor = result.value.nextCursor === cursor ? undefined : result.value.nextCursor;
    pages += 1;
  } while (cursor !== undefined && threads.length < limit && pages < MAX_PAGES);
  return { ok: true, value: threads.slice(0, limit) };
}

const MAX_PAGES = 50;
const isOwn = (agent: WireAgent): boolean => agent.metadata?.[METADATA_MARKER] !== undefined;
