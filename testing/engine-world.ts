import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningRehearsal, startRehearsal } from '../rehearsal/server.ts';
import { branchPush } from '../src/daemon/push-branch.ts';
import type { Engine, StartRequest } from '../src/engine/api.ts';
import { createEngine } from '../src/engine/engine.ts';
import { createArtifactFetcher } from '../src/engine/handlers/artifact-fetcher.ts';
import { gitCommits } from '../src/engine/handlers/git-commits.ts';
import { sessionProjection } from '../src/engine/projection.ts';
import { requireSession } from '../src/engine/require-session.ts';
import { systemClock, systemIds } from '../src/engine/system.ts';
import { openJournal } from '../src/journal/open.ts';
import type { Journal } from '../src/journal/types.ts';
import {
  type CursorCloudRuntime,
  createCursorCloudRuntime,
} from '../src/runtimes/cursor-cloud/runtime.ts';
import type { FollowLimits } from '../src/runtimes/cursor-cloud/stream/limits.ts';
import { RunnerClient } from '../src/runtimes/local/client.ts';
import { createLocalRuntime } from '../src/runtimes/local/runtime.ts';
import { createRegistry } from '../src/runtimes/registry.ts';
import type { SessionId } from '../src/session/ids.ts';
import type { SessionState } from '../src/session/state.ts';
import { environmentForChildren } from '../src/settings/child-environment.ts';
import { stopRunner } from './detached-processes.ts';
import { directChecker } from './handoff-checker.ts';
import { type Ledger, readLedger, streamsByRun } from './ledger.ts';
import { testMachine } from './local-machine.ts';
import { removeFolder } from './remove-folder.ts';
import { sampleRepository } from './sample-repository.ts';

/** The engine with its real journal, provider and SDK, against a rehearsal cloud and a real git repository. */
export type World = AsyncDisposable & {
  readonly folder: string;
  readonly repository: string;
  readonly rehearsal: RunningRehearsal;
  engine: Engine;
  journal: Journal;
  provider: CursorCloudRuntime;
  /** The client of a real runner for local agents, which is started on demand. */
  runner: RunnerClient;
  settings: {
    resumeOnLaunch: 'automatically' | 'ask';
    maxLive: number;
    maxLiveLocal: number;
    clockOffsetMs: number;
    identity: string | null;
    /** Values of variables. */
    variables: Record<string, string>;
  };
  /** Stops the engine until `restart`. */
  stop(): Promise<void>;
  /** Stops everything, and opens it again on the same journal. */
  restart(): Promise<void>;
  state(id: SessionId): SessionState;
  /** Resolves with the state once the condition holds; rejects after two minutes. */
  until(id: SessionId, condition: (state: SessionState) => boolean): Promise<SessionState>;
  ledger(): Promise<Ledger>;
  fault(fault: object): Promise<void>;
};

export const silentLog = {
  info() {},
  warn() {},
  error: (...words: unknown[]) => console.error(...words),
};

export async function openWorld(
  options: { paceMs?: number; timeScale?: number; followLimits?: Partial<FollowLimits> } = {},
): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'cerevisor-world-'));
  const repository = sampleRepository(join(folder, 'shop'));
  const rehearsal = await startRehearsal({
    home: join(folder, 'rehearsal'),
    paceMs: options.paceMs ?? 2,
    timeScale: options.timeScale ?? 1,
    limitRepositories: false,
    allowRun: true,
  });
  const settings: World['settings'] = {
    resumeOnLaunch: 'automatically',
    maxLive: 8,
    maxLiveLocal: 4,
    clockOffsetMs: 0,
    identity: null,
    variables: {},
  };
  let parts = openParts(folder, rehearsal.url, settings, options.followLimits);
  await parts.engine.bootstrapCloudResume();
  const world: World = {
    folder,
    repository,
    rehearsal,
    ...parts,
    settings,
    stop: () => parts.close(),
    async restart() {
      await parts.close();
      parts = openParts(folder, rehearsal.url, settings, options.followLimits);
      Object.assign(world, parts);
      await parts.engine.bootstrapCloudResume();
    },
    state: (id) => requireSession(parts.journal, id),
    until: (id, condition) => until(() => parts.journal, id, condition),
    ledger: () => readLedger(rehearsal.url),
    async fault(fault) {
      const answer = await fetch(`${rehearsal.url}/rehearsal/faults`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(fault),
      });
      if (!answer.ok) throw new Error(await answer.text());
    },
    async [Symbol.asyncDispose]() {
      await parts.close();
      // Stopped after the engine, which would start it again.
      await stopRunner(join(folder, 'home'));
      await rehearsal.close();
      removeFolder(folder);
    },
  };
  return world;
}

function openParts(
  folder: string,
  backendUrl: string,
  settings: World['settings'],
  followLimits: Partial<FollowLimits> = {},
) {
  const home = join(folder, 'home');
  mkdirSync(home, { recursive: true });
  const now = () => Date.now() + settings.clockOffsetMs;
  const opened = openJournal({ home, projection: sessionProjection, now });
  if (!opened.ok) throw new Error(opened.failure.message);
  const { journal } = opened;
  const cursor = createCursorCloudRuntime({
    apiKey: () => 'crsr_test',
    backendUrl,
    isRehearsal: true,
    followLimits,
  });
  const provider: CursorCloudRuntime = {
    ...cursor,
    account: async () =>
      settings.identity === null
        ? cursor.account()
        : { ok: true, value: { keyName: 'test', identity: settings.identity } },
  };
  const runner = new RunnerClient({
    home,
    version: 'test',
    environment: runnerEnvironment(folder),
  });
  const local = createLocalRuntime({
    harness: 'cursor-local',
    client: runner,
    connect: async () => ({ ok: true, value: { apiKey: 'crsr_test', baseUrl: backendUrl } }),
    backend: provider.backend,
    account: () => provider.account(),
    models: () => provider.models(),
  });
  const artifacts = createArtifactFetcher(home, journal, backendUrl);
  const engine = createEngine({
    journal,
    ...createRegistry({ 'cursor-cloud': () => provider, 'cursor-local': () => local }),
    clock: { ...systemClock, now },
    random: Math.random,
    ids: systemIds(journal),
    machine: testMachine(),
    lookUpCommits: gitCommits({ reach: () => 'loopback' }),
    handoffs: directChecker,
    fetchArtifacts: artifacts.fetchArtifacts,
    readVariables: (names) => ({
      values: settings.variables,
      missing: names.filter((name) => settings.variables[name] === undefined),
    }),
    pushBranch: branchPush(process.env),
    maxLiveLocalAttempts: () => settings.maxLiveLocal,
    maxLiveCloudAttempts: () => settings.maxLive,
    resumeOnLaunch: () => settings.resumeOnLaunch,
    mayStartCloudRuns: () => ({ ok: true }),
    log: silentLog,
  });
  let isClosed = false;
  return {
    engine,
    journal,
    provider,
    runner,
    async close() {
      if (isClosed) return;
      isClosed = true;
      await engine.stop();
      await local.close();
      await runner.close();
      await provider.close();
      await artifacts.close();
      journal.close();
    },
  };
}

/** Hides the user's git settings, and gives the SDK its own home folder. */
const runnerEnvironment = (folder: string): Record<string, string> => ({
  ...environmentForChildren(process.env),
  HOME: folder,
});

function until(
  journal: () => Journal,
  id: SessionId,
  condition: (state: SessionState) => boolean,
): Promise<SessionState> {
  return new Promise((resolve, reject) => {
    const check = (): boolean => {
      const state = requireSession(journal(), id);
      if (!condition(state)) return false;
      clearTimeout(deadline);
      stop();
      resolve(state);
      return true;
    };
    const stop = journal().onCommitted(() => void check());
    const deadline = setTimeout(() => {
      stop();
      reject(new Error(`Not reached: ${JSON.stringify(journal().state(id), null, 1)}`));
    }, 120_000);
    check();
  });
}

export const isOver = (state: SessionState): boolean => state.phase.kind === 'ended';

export async function start(
  world: World,
  workflow: unknown,
  request: Partial<StartRequest> = {},
): Promise<SessionId> {
  const started = await world.engine.start({ workflow, ...request });
  if (!started.ok) throw new Error(JSON.stringify(started.error));
  return started.value.sessionId;
}

export const agentNamed = (state: SessionState, id: string) => {
  const agent = state.agents.find((candidate) => candidate.id === id);
  if (agent === undefined) throw new Error(`No agent ${id}`);
  return agent;
};

/** The transcript items of a session that have an id, in order. */
export const storedItems = (world: World, id: SessionId) =>
  world.journal
    .sessionEvents(id, { limit: 1_000_000, types: ['TranscriptItem'] })
    .flatMap(({ event }) =>
      event.type === 'TranscriptItem' && event.itemId !== undefined
        ? [{ turnId: event.turnId, itemId: event.itemId, kind: event.item.kind }]
        : [],
    );

/** The expected and the stored transcript items of each run, in order. */
export const streamsOf = (world: World, id: SessionId, ledger: Ledger) =>
  streamsByRun(ledger, storedItems(world, id));
