import { parseArgs } from 'node:util';
import { THREAD_VARIABLE } from './harness/harness.ts';
import { SharedHosts } from './hosts/shared-hosts.ts';
import { DEFAULT_HOST_LIMITS } from './hosts/watchdog.ts';
import { openLineLog } from './line-log.ts';
import { runnerPaths } from './paths.ts';
import { processSystem } from './processes/process-system.ts';
import { ProcessTracker } from './processes/process-tracker.ts';
import { Runner } from './runner.ts';
import type { ThreadContext } from './threads/context.ts';
import { IdleHosts } from './threads/idle-hosts.ts';
import { stackOf } from './threads/internal-error.ts';
import type { Workspaces } from './workspace-port.ts';

/** Another runner holds this home; the caller connects to that one. */
const EXIT_ALREADY_RUNNING = 3;
const EXIT_CRASHED = 70;
const IDLE_MS = 10 * 60_000;
const CHECK_EVERY_MS = 15_000;
const IDLE_HOST_MS = 60_000;

/** What tests replace. */
export type RunnerParts = {
  readonly workspaces: (home: string) => Promise<Workspaces>;
  readonly hostProgram: ThreadContext['hostProgram'];
  readonly historyOf?: ThreadContext['historyOf'];
  readonly context?: Partial<ThreadContext>;
  readonly idleMs?: number;
  readonly checkEveryMs?: number;
};

/** Runs a runner in this process until it exits because it is idle or was stopped. */
export async function runProgram(parts: RunnerParts): Promise<void> {
  const { home, version, build } = parseArguments(process.argv.slice(2));
  const log = openLineLog(runnerPaths(home).log);
  installProcessHandlers(log);
  const processTracker = new ProcessTracker(processSystem);
  const runner = await Runner.start({
    home,
    version,
    build,
    idleMs: parts.idleMs ?? IDLE_MS,
    checkEveryMs: parts.checkEveryMs ?? CHECK_EVERY_MS,
    context: {
      workspaces: await parts.workspaces(home),
      processTracker,
      sharedHosts: new SharedHosts({ processTracker, idleMs: IDLE_HOST_MS, log }),
      harnessFiles: runnerPaths(home).harnessFiles,
      hostProgram: parts.hostProgram,
      historyOf: parts.historyOf ?? (() => null),
      environment: hostEnvironment(),
      limits: DEFAULT_HOST_LIMITS,
      idleHosts: new IdleHosts(IDLE_HOST_MS),
      threadLogOptions: { onWriteError: (error) => log(writeErrorText(error)) },
      now: Date.now,
      log,
      ...parts.context,
    },
  });
  if (runner === null) process.exit(EXIT_ALREADY_RUNNING);
  process.on('SIGTERM', () => void runner.end({ kind: 'interrupted', failure: STOP_REQUESTED }));
  await runner.ended;
  // Hosts that are still exiting, and streams to clients, must not keep the process alive.
  process.exit(0);
}

const STOP_REQUESTED = {
  code: 'runner_stopped',
  message:
    'The process that runs local agents was asked to stop, for example because the machine is shutting down.',
};

function parseArguments(args: readonly string[]) {
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

function installProcessHandlers(log: (message: string) => void): void {
  // Closing a terminal, or Ctrl-C in it, is not meant for this detached process.
  process.on('SIGHUP', () => undefined);
  process.on('SIGINT', () => undefined);
  process.on('unhandledRejection', (reason) => log(`unhandled rejection: ${stackOf(reason)}`));
  // The state in memory cannot be trusted anymore; the next runner restores everything from disk.
  process.on('uncaughtException', (error) => {
    log(`uncaught exception: ${stackOf(error)}`);
    process.exit(EXIT_CRASHED);
  });
}

/** The process that starts the runner removes all keys; variables for the runner alone are removed here. */
function hostEnvironment(): Record<string, string> {
  const internal = new Set([
    THREAD_VARIABLE,
    'NODE_CHANNEL_FD',
    'NODE_UNIQUE_ID',
    'CURSOR_API_KEY',
  ]);
  return Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && !internal.has(entry[0]),
    ),
  );
}

const writeErrorText = (error: Error | null): string =>
  error === null
    ? 'records can be written again'
    : `records cannot be written, agents wait: ${error.message}`;
