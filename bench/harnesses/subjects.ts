import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { HostThread } from '../../src/runner/harness/harness.ts';
import { claudeThread } from '../../testing/claude-host.ts';
import { CodexWorld, cachedCodex } from '../../testing/codex-host.ts';
import { cachedClaude } from '../../testing/harness-cache.ts';
import { HostWorld, script } from '../../testing/local-host.ts';
import { ownLoopThread } from '../../testing/own-loop.ts';

/** Running agents, with the time at which each of them produced its first item. */
export type RunningAgents = {
  readonly firstItemMs: readonly number[];
  end(): Promise<void>;
};

export type Subject = {
  readonly name: string;
  /** Why it cannot be measured on this machine; null if it can. */
  readonly missing: string | null;
  /**
   * Starts this number of agents, each of which runs one command and writes one word, and resolves when all are done.
   * Calls `onRoot` with each root process of theirs.
   */
  start(agents: number, onRoot: (pid: number) => void): Promise<RunningAgents>;
};

const PROMPT = script('run echo hello', 'say Done.');
const NOT_FETCHED = 'not in the folder that CEREVISOR_HARNESS_CACHE names';

export async function subjects(): Promise<readonly Subject[]> {
  const claude = cachedClaude();
  const codex = await cachedCodex();
  const claudeMissing = claude === null ? NOT_FETCHED : null;
  const codexMissing = codex === null ? NOT_FETCHED : null;
  const claudePaths = { LIBRARY: claude?.library ?? '', PROGRAM: claude?.path ?? '' };
  return [
    hostedSubject("Cerevisor's own loop", null, (world) => ownLoopThread(world)),
    bareSubject('the AI SDK alone', null, './bare-ai.ts'),
    hostedSubject('Claude Code', claudeMissing, (world) => claudeThread(world)),
    bareSubject('the Claude Agent SDK alone', claudeMissing, './bare-claude.ts', claudePaths),
    hostedCodexSubject(codexMissing),
    bareSubject('codex exec alone', codexMissing, './bare-codex.ts', {
      PROGRAM: codex?.path ?? '',
    }),
    hostedSubject("Cursor's local agents", null, (world) => world.newThread()),
    bareSubject("Cursor's SDK alone", null, './bare-cursor.ts'),
  ];
}

const hostedSubject = (
  name: string,
  missing: string | null,
  threadIn: (world: HostWorld) => HostThread,
): Subject => ({
  name,
  missing,
  async start(agents, onRoot) {
    const world = await HostWorld.start();
    const beganAt = performance.now();
    const working = Array.from({ length: agents }, async () => {
      const host = await world.open(threadIn(world));
      onRoot(host.child.pid ?? 0);
      const first = Promise.withResolvers<number>();
      host.child.on('message', (message: { kind?: string }) => {
        if (message.kind === 'items') first.resolve(performance.now() - beganAt);
      });
      const { end } = await host.run(PROMPT);
      if (end.status !== 'FINISHED') throw new Error(`${name}: ${JSON.stringify(end)}`);
      return first.promise;
    });
    const all = await Promise.all(working);
    return {
      firstItemMs: all,
      end: () => world.close(),
    };
  },
});

/** Codex runs all agents in one process. */
const hostedCodexSubject = (missing: string | null): Subject => ({
  name: 'Codex',
  missing,
  async start(agents, onRoot) {
    const world = await CodexWorld.start();
    const beganAt = performance.now();
    const working = Array.from({ length: agents }, async () => {
      const thread = await world.open(world.newThread());
      onRoot(thread.host.child.pid ?? 0);
      const ended = thread.begin({ turnId: `turn-${crypto.randomUUID()}`, prompt: PROMPT });
      while (thread.raw.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      const firstMs = performance.now() - beganAt;
      const end = await ended;
      if (end.status !== 'FINISHED') throw new Error(`Codex: ${JSON.stringify(end)}`);
      return firstMs;
    });
    const firstItemMs = await Promise.all(working);
    return { firstItemMs, end: () => world.close() };
  },
});

export const bareSubject = (
  name: string,
  missing: string | null,
  program: string,
  more: Readonly<Record<string, string>> = {},
): Subject => ({
  name,
  missing,
  async start(agents, onRoot) {
    const world = await HostWorld.start();
    const home = mkdtempSync(join(tmpdir(), 'bare-'));
    const beganAt = performance.now();
    const child = spawn(process.execPath, [fileURLToPath(new URL(program, import.meta.url))], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: {
        PATH: process.env.PATH,
        HOME: home,
        NODE_NO_WARNINGS: '1',
        AGENTS: String(agents),
        URL: world.url,
        CURSOR_BACKEND_URL: world.url,
        PROMPT,
        ...more,
      },
    });
    onRoot(child.pid ?? 0);
    const firstItemMs = await untilDone(child, beganAt, name);
    return {
      firstItemMs,
      async end() {
        const exited = new Promise((resolve) => child.once('exit', resolve));
        child.stdin?.end();
        await exited;
        await world.close();
        rmSync(home, { recursive: true, force: true, maxRetries: 5 });
      },
    };
  },
});

async function untilDone(
  child: ChildProcess,
  beganAt: number,
  name: string,
): Promise<readonly number[]> {
  const firstItemMs: number[] = [];
  if (child.stdout === null) throw new Error('The bare program has no standard output');
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === 'item') firstItemMs.push(performance.now() - beganAt);
    if (line === 'done') return firstItemMs;
  }
  throw new Error(`${name} ended before its agents were done`);
}
