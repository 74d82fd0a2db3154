import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EngineContext } from '../src/engine/context.ts';
import { createEngine } from '../src/engine/engine.ts';
import { sessionProjection } from '../src/engine/projection.ts';
import { systemClock, systemIds } from '../src/engine/system.ts';
import { openJournal } from '../src/journal/open.ts';
import type { Journal } from '../src/journal/types.ts';
import { createCursorCloudRuntime } from '../src/runtimes/cursor-cloud/runtime.ts';
import { createRegistry } from '../src/runtimes/registry.ts';
import type { SessionId, ThreadId, TurnId } from '../src/session/ids.ts';
import { agentId } from '../src/workflow/ids.ts';
import { directChecker } from '../testing/handoff-checker.ts';
import { testMachine } from '../testing/local-machine.ts';
import { firstLine, percentile, startChild } from './child.ts';
import { beginSession, benchWorkflow } from './session.ts';

const STARTS = 300;

/** The duration of one start. The processor time is hardly affected by other load on the machine. */
type Sample = { readonly wallMs: number; readonly cpuMs: number };

/**
 * Measures the time from the call that starts a session until the engine asks the runtime to launch its agent. That
 * includes preflight and writing the start and the launch intent to disk. Measured with few and with many sessions in
 * the journal.
 */
export async function measureStart(): Promise<Record<string, number>> {
  const server = startChild('./stream-server.ts', { FRAMES: '1' });
  const backendUrl = await firstLine(server);
  try {
    const few = await measureStartsWith(10, backendUrl);
    const many = await measureStartsWith(10_000, backendUrl);
    return {
      ...figures('10 records', few),
      ...figures('10,000 records', many),
      'ratio of the medians, many to few (target: about 1)':
        percentile(
          many.map(({ wallMs }) => wallMs),
          0.5,
        ) /
        percentile(
          few.map(({ wallMs }) => wallMs),
          0.5,
        ),
    };
  } finally {
    server.disconnect();
  }
}

function figures(label: string, samples: readonly Sample[]): Record<string, number> {
  const wall = samples.map(({ wallMs }) => wallMs);
  const cpu = samples.map(({ cpuMs }) => cpuMs);
  return {
    [`with ${label}: median ms`]: percentile(wall, 0.5),
    [`with ${label}: p99 ms (target: under 10)`]: percentile(wall, 0.99),
    [`with ${label}: p99 ms of CPU`]: percentile(cpu, 0.99),
  };
}

async function measureStartsWith(records: number, backendUrl: string): Promise<Sample[]> {
  const home = mkdtempSync(join(tmpdir(), 'cerevisor-bench-'));
  const opened = openJournal({ home, projection: sessionProjection, now: Date.now });
  if (!opened.ok) throw new Error(opened.failure.message);
  const { journal } = opened;
  for (let index = 0; index < records; index += 1) appendSettledSession(journal, index);
  const provider = createCursorCloudRuntime({
    apiKey: () => 'crsr_bench',
    backendUrl,
    isRehearsal: true,
  });
  await provider.warm();
  let onLaunch: (at: number) => void = () => undefined;
  const watched = {
    ...provider,
    launch: (request: Parameters<typeof provider.launch>[0]) => {
      onLaunch(performance.now());
      return provider.launch(request);
    },
  };
  const engine = createEngine(contextOf(journal, watched));
  await engine.start({ workflow: benchWorkflow() });
  const samples: Sample[] = [];
  for (let index = 0; index < STARTS; index += 1) {
    const launchCalled = new Promise<number>((resolve) => {
      onLaunch = resolve;
    });
    const cpuBefore = process.cpuUsage();
    const startedAt = performance.now();
    const started = await engine.start({ workflow: benchWorkflow() });
    if (!started.ok) throw new Error(started.error.message);
    const wallMs = (await launchCalled) - startedAt;
    const used = process.cpuUsage(cpuBefore);
    samples.push({ wallMs, cpuMs: (used.user + used.system) / 1000 });
    await sessionEnded(journal, started.value.sessionId);
  }
  await engine.stop();
  await provider.close();
  journal.close();
  rmSync(home, { recursive: true, force: true });
  return samples;
}

function sessionEnded(journal: Journal, id: SessionId): Promise<void> {
  return new Promise((resolve) => {
    const stop = journal.onCommitted((events) => {
      if (!events.some(({ sessionId, event }) => sessionId === id && event.type === 'SessionEnded'))
        return;
      stop();
      resolve();
    });
  });
}

function appendSettledSession(journal: Journal, index: number): void {
  const sessionId = `s_bench${index}` as SessionId;
  const suffix = String(index).padStart(12, '0');
  const threadId = `bc-00000000-0000-4000-8000-${suffix}` as ThreadId;
  const turnId = `run-00000000-0000-4000-8000-${suffix}` as TurnId;
  beginSession(journal, sessionId, threadId, turnId);
  const subject = { agentId: agentId('a'), attempt: 1 } as const;
  journal.append(sessionId, [
    {
      type: 'RunEnded',
      ...subject,
      turnId,
      outcome: 'finished',
      result: 'done',
      branches: [],
      source: 'stream',
      whileAway: false,
    },
    { type: 'StreamEnded', ...subject, turnId, complete: true },
    { type: 'AgentSettled', round: 1, ...subject, outcome: 'completed' },
    { type: 'ArtifactsReported', ...subject, state: 'none', artifacts: [] },
    { type: 'SessionEnded', outcome: 'finished' },
  ]);
}

function contextOf(
  journal: Journal,
  provider: ReturnType<EngineContext['runtime']>,
): EngineContext {
  return {
    journal,
    ...createRegistry({ 'cursor-cloud': () => provider }),
    clock: systemClock,
    random: Math.random,
    ids: systemIds(journal),
    machine: testMachine(),
    lookUpCommits: async () => new Map(),
    handoffs: directChecker,
    fetchArtifacts: async () => ({ artifacts: [], earlier: [] }),
    pushBranch: async () => ({ ok: true }),
    maxLiveLocalAttempts: () => 4,
    maxLiveCloudAttempts: () => 1_000,
    resumeOnLaunch: () => 'automatically',
    mayStartCloudRuns: () => ({ ok: true }),
    log: { info() {}, warn() {}, error: (...words) => console.error(...words) },
  };
}
