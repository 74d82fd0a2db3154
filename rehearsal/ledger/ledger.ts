import { pullRequestUrl } from '../agent/branches.ts';
import type { AgentRecord, LedgerEntry, LedgerKind, RunRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';

export type LedgerOptions = {
  readonly origin: string;
  /** Whether to include the ids, names and data of all frames. */
  readonly includesEvents: boolean;
};

/** Returns all requests to the rehearsal cloud and their results, by agent, oldest first. */
export function readLedger(store: Store, options: LedgerOptions) {
  const entries = store.ledger.all();
  const entriesOf = Map.groupBy(entries, ({ agentId }) => agentId ?? '');
  const agents = [...store.agents.all()].reverse();
  const known = new Set<string>(agents.map(({ id }) => id));
  return {
    agents: agents.map((agent) => agentEntry(store, agent, entriesOf.get(agent.id) ?? [], options)),
    localAgents: localEntries(store),
    modelTurns: modelEntries(store),
    /** Create requests that did not create an agent. */
    refusedCreates: entries.filter(
      ({ kind, agentId }) => kind === 'create-asked' && !known.has(agentId ?? ''),
    ).length,
    faultsFired: entries
      .filter(({ kind }) => kind === 'fault-fired')
      .map(({ atMs, agentId, detail }) => ({ at: isoTime(atMs), agentId, ...detail })),
  };
}

function agentEntry(
  store: Store,
  agent: AgentRecord,
  entries: readonly LedgerEntry[],
  options: LedgerOptions,
) {
  const count = (kind: LedgerKind): number => entries.filter((entry) => entry.kind === kind).length;
  return {
    id: agent.id,
    idChosenBy: agent.chosenBy,
    name: agent.name,
    metadata: agent.metadata ?? {},
    options: {
      env: agent.env,
      workOnCurrentBranch: agent.workOnCurrentBranch,
      autoCreatePR: agent.autoCreatePR,
      skipReviewerRequest: agent.skipReviewerRequest,
      openAsCursorGithubApp: agent.openAsCursorGithubApp ?? null,
      customSubagents: agent.customSubagents ?? [],
    },
    isArchived: agent.isArchived,
    isDeleted: agent.isDeleted,
    creates: {
      asked: count('create-asked'),
      accepted: count('create-accepted'),
      conflicted: count('create-conflicted'),
    },
    followUpsAsked: count('run-asked'),
    cancelsAsked: count('cancel-asked'),
    idempotencyKeys: entries.flatMap(({ kind, detail }) =>
      kind.endsWith('-asked') && typeof detail.idempotencyKey === 'string'
        ? [detail.idempotencyKey]
        : [],
    ),
    repositories: agent.repositories.map(({ url, prUrl, baseRef, workBranch }) => ({
      url,
      ...(prUrl === undefined ? {} : { prUrl }),
      baseRef,
      workBranch,
    })),
    branches: agent.branches,
    runs: store.runs.ofAgent(agent.id).map((run) => runEntry(store, run, entries, options)),
    artifacts: store.artifacts.ofAgent(agent.id).map(({ path, sizeBytes }) => ({
      path,
      sizeBytes,
      downloads: entries.filter(
        ({ kind, detail }) => kind === 'artifact-downloaded' && detail.path === path,
      ).length,
    })),
    pullRequests: store.pullRequests
      .ofAgent(agent.id)
      .map(({ number, title, branch, baseRef }) => ({
        url: pullRequestUrl(options.origin, number),
        title,
        branch,
        baseRef,
      })),
  };
}

function runEntry(
  store: Store,
  run: RunRecord,
  entries: readonly LedgerEntry[],
  { includesEvents }: LedgerOptions,
) {
  const own = entries.filter(({ runId }) => runId === run.id);
  const events = includesEvents
    ? store.events
        .after(run.id, 0, Number.MAX_SAFE_INTEGER)
        .map(({ id, event, data }) => ({ id, event, data }))
    : undefined;
  return {
    id: run.id,
    status: run.status,
    prompt: run.prompt,
    mode: run.mode,
    asked: run.asked ?? {},
    ...(run.scripted === undefined ? {} : { scriptedBy: run.scripted.id }),
    createdAt: isoTime(run.createdAtMs),
    ...(run.endedAtMs === undefined ? {} : { endedAt: isoTime(run.endedAtMs) }),
    ...(run.result === undefined ? {} : { result: run.result }),
    eventCount: store.events.count(run.id),
    ...(events === undefined ? {} : { events }),
    cancelsAsked: own.filter(({ kind }) => kind === 'cancel-asked').length,
    streamConnects: own
      .filter(({ kind }) => kind === 'stream-connected')
      .map(({ atMs, detail }) => ({
        at: isoTime(atMs),
        lastEventId: detail.lastEventId ?? null,
      })),
  };
}

/** Agents of the SDK's local mode, including subagents, with their turns. */
function localEntries(store: Store) {
  const turnsOf = Map.groupBy(store.localTurns.all(), ({ agentId }) => agentId);
  return [...turnsOf].map(([id, turns]) => ({
    id,
    turns: turns.map(({ scripted, createdAtMs, endedAtMs, usageId, runId, ...turn }) => ({
      id: runId,
      ...turn,
      ...(scripted === undefined ? {} : { scriptedBy: scripted.id }),
      createdAt: isoTime(createdAtMs),
      ...(endedAtMs === undefined ? {} : { endedAt: isoTime(endedAtMs) }),
    })),
  }));
}

/** Turns of conversations in the model APIs, with their requests. */
function modelEntries(store: Store) {
  return store.modelTurns.all().map(({ scripted, createdAtMs, requests, ...turn }) => ({
    ...turn,
    ...(scripted === undefined ? {} : { scriptedBy: scripted.id }),
    createdAt: isoTime(createdAtMs),
    requests: requests.map(({ atMs, ...request }) => ({ at: isoTime(atMs), ...request })),
  }));
}

const isoTime = (atMs: number): string => new Date(atMs).toISOString();
