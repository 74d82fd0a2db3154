import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProviderCheckView } from '../../contract/providers.ts';
import type { ProviderEntry } from '../../providers/entry.ts';
import type { Runtime } from '../../runtimes/port.ts';
import type { TurnRecord } from '../../runtimes/turn-records.ts';
import { failedCheck } from './checks.ts';

export type SmokeTest = {
  readonly home: string;
  readonly entry: ProviderEntry;
  readonly runtime: Runtime;
  /** It runs on the rehearsal cloud, which bills nothing and needs a script. */
  readonly isRehearsed: boolean;
};

/** Enough for the first start of a harness on a slow machine, with a reasoning model. */
const TIMEOUT_MS = 180_000;
const CANCEL_MS = 15_000;

const PROMPT =
  'This is a test of the connection. Reply with the single word OK. Use no tools, and change no files.';
const SCRIPT = '\n\n```rehearse\nsay OK\n```';

const denyAll = {
  filesystemWrite: 'deny',
  execution: 'deny',
  network: 'deny',
  mcp: 'deny',
} as const;

/** Runs a trivial agent in an empty folder, to test harness, key, network and model. All permissions are denied. */
export async function smokeTest(test: SmokeTest): Promise<ProviderCheckView> {
  const { home, entry, runtime, isRehearsed } = test;
  const folder = join(home, 'local-runs', 'smoke-test');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const id = crypto.randomUUID();
  const threadId = `${runtime.capabilities.threadIdPrefix}${id}`;
  const startedAt = performance.now();
  const outcome = await runtime.launch({
    threadId,
    name: 'Smoke test',
    prompt: isRehearsed ? `${PROMPT}${SCRIPT}` : PROMPT,
    ...(entry.defaultModel === undefined ? {} : { model: entry.defaultModel }),
    provider: entry.id,
    repositories: [],
    autoCreatePr: false,
    permissions: { ...denyAll, rules: [] },
    workspace: {
      sessionId: `s_${id.replaceAll('-', '')}`,
      sessionPrefix: id.slice(0, 8),
      workflowName: 'Smoke test',
      agentName: 'smoke-test',
      attempt: 1,
      folder,
      isolation: 'in-place',
      carryUncommitted: false,
      setup: [],
      copy: [],
      bases: [],
    },
    metadata: {},
  });
  if (outcome.kind !== 'launched') return failedCheck(outcome.error);
  const end = await endOf(runtime, outcome.turn);
  await runtime.closeThread?.(threadId);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  if (end.status === 'FINISHED') {
    const reply = (end.result ?? '').trim().slice(0, 80);
    const detail = reply === '' ? 'It did not reply with any text.' : `It replied: ${reply}`;
    return { isOk: true, detail: `An agent ran for ${seconds} s. ${detail}`, error: null };
  }
  return failedCheck(
    end.failure ?? {
      code: 'smoke_test_failed',
      message: `The agent ended as ${end.status.toLowerCase()} after ${seconds} s.`,
      suggestion: 'See daemon.log and the folder local-runs in the home folder.',
    },
  );
}

async function endOf(runtime: Runtime, turn: TurnRecord): Promise<TurnRecord> {
  const { threadId, turnId } = turn;
  const read = await followUntilEnd(runtime, turn, TIMEOUT_MS);
  if (read !== null) return read;
  await runtime.cancel(threadId, turnId);
  await followUntilEnd(runtime, turn, CANCEL_MS);
  const failure = {
    code: 'smoke_test_failed',
    message: `The agent did not reply within ${TIMEOUT_MS / 1000} s.`,
  };
  return { ...turn, status: 'CANCELLED', failure };
}

/** The record of the ended turn; null if it did not end in time. */
async function followUntilEnd(
  runtime: Runtime,
  { threadId, turnId }: TurnRecord,
  timeoutMs: number,
): Promise<TurnRecord | null> {
  const stop = new AbortController();
  const reading = runtime.follow(
    { threadId, turnId, hasEnded: false, signal: stop.signal },
    {
      onItems: () => undefined,
      onFact: () => undefined,
      onConnection: () => undefined,
      onGap: () => undefined,
    },
  );
  await Promise.race([
    reading,
    // Aborted when the turn has ended.
    sleep(timeoutMs, undefined, { signal: stop.signal }).catch(() => undefined),
  ]);
  stop.abort();
  await reading;
  const read = await runtime.readTurn(threadId, turnId);
  if (!read.ok || read.value.status === 'CREATING' || read.value.status === 'RUNNING') return null;
  return read.value;
}
