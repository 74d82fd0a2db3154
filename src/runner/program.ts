import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { THREAD_VARIABLE } from './harness/harness.ts';
import { SharedHosts } from './hosts/shared-hosts.ts';
import { DEFAULT_HOST_LIMITS } from './hosts/watchdog.ts';
import { runnerPlaces } from './places.ts';
import { signalProcess } from './processes/end-family.ts';
import { FamilyWatch } from './processes/family-watch.ts';
import { readProcesses } from './processes/process-table.ts';
import { Runner } from './runner.ts';
import { openSay } from './say.ts';
import type { ThreadContext } from './threads/context.ts';
import type { Workspaces } from './workspace-port.ts';

/** Another runner has this home: whoever started this one uses that. */
const EXIT_TAKEN = 3;
const EXIT_BROKEN = 70;
const IDLE_MS = 10 * 60_000;
const LOOK_EVERY_MS = 15_000;
const IDLE_HOST_MS = 60_000;

/** What differs between the product and its tests. */
export type RunnerParts = {
  readonly workspaces: (home: string) => Promise<Workspaces>;
  readonly hostProgram: ThreadContext['hostProgram'];
  readonly historyOf?: ThreadContext['historyOf'];
  readonly context?: Partial<ThreadContext>;
  readonly idleMs?: number;
  readonly lookEveryMs?: number;
};

/** Runs a runner in this process, until it ends by itself or is told to. */
export async function runProgram(parts: RunnerParts): Promise<void> {
  const { home, version, build } = argumentsOf(process.argv.slice(2));
  const say = openSay(runnerPlaces(home).log);
  outliveOthers(say);
  const families = new FamilyWatch({
    readProcesses,
    signal: signalProcess,
    sleep,
    now: () => performance.now(),
    ownPid: process.pid,
  });
  const runner = await Runner.start({
    home,
    version,
    build,
    idleMs: parts.idleMs ?? IDLE_MS,
    lookEveryMs: parts.lookEveryMs ?? LOOK_EVERY_MS,
    context: {
      workspaces: await parts.workspaces(home),
      families,
      sharedHosts: new SharedHosts({ families, idleMs: IDLE_HOST_MS, say }),
      harnessFiles: runnerPlaces(home).harnessFiles,
      hostProgram: parts.hostProgram,
      historyOf: parts.historyOf ?? (() => null),
      environment: hostEnvironment(),
      limits: DEFAULT_HOST_LIMITS,
      idleHostMs: IDLE_HOST_MS,
      logOptions: { onTrouble: (trouble) => say(troubleWords(trouble)) },
      now: Date.now,
      say,
      ...parts.context,
    },
  });
  if (runner === null) process.exit(EXIT_TAKEN);
  process.on('SIGTERM', () => void runner.end({ kind: 'interrupted', failure: TOLD_TO_END }));
  await runner.ended;
  // Hosts that were just ended, or streams to clients, must not keep a runner that is done.
  process.exit(0);
}

const TOLD_TO_END = {
  code: 'runner_stopped',
  message:
    'The process that runs local agents was asked to stop, for example because the machine is shutting down.',
};

function argumentsOf(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      home: { type: 'string' },
      version: { type: 'string', default: '0.0.0' },
      build: { type: 'string', default: 'source' },
    },
  });
  const { home, ...others } = values;
  if (home === undefined) throw new Error('--home is missing');
  return { home, ...others };
}

function outliveOthers(say: (message: string) => void): void {
  // A terminal that closes, and Ctrl-C in one, mean others.
  process.on('SIGHUP', () => undefined);
  process.on('SIGINT', () => undefined);
  process.on('unhandledRejection', (reason) => say(`unhandled rejection: ${textOf(reason)}`));
  // Here nothing is to be trusted anymore; the next runner finds everything on disk.
  process.on('uncaughtException', (error) => {
    say(`uncaught exception: ${textOf(error)}`);
    process.exit(EXIT_BROKEN);
  });
}

/** Whoever started us has taken the keys out; what belongs to us alone goes too. */
function hostEnvironment(): Record<string, string> {
  const own = new Set([THREAD_VARIABLE, 'NODE_CHANNEL_FD', 'NODE_UNIQUE_ID', 'CURSOR_API_KEY']);
  return Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && !own.has(entry[0]),
    ),
  );
}

const troubleWords = (trouble: Error | null): string =>
  trouble === null
    ? 'records can be written again'
    : `records cannot be written, agents wait: ${trouble.message}`;

const textOf = (thrown: unknown): string =>
  thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
