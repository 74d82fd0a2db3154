import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { toResult } from '../../lib/expected-failure.ts';
import { parseJson } from '../../lib/json.ts';
import { isRunning, isSuspended } from '../../lib/process.ts';
import { readFileIfExists } from '../../lib/read-file-if-exists.ts';
import { type Program, prepareProgram, recordUser, removeOldCopies } from './program-copy.ts';
import {
  type RunnerInfo,
  type RunnerPresence,
  runnerInfoSchema,
  runnerPaths,
  runnerPresenceSchema,
} from './protocol.ts';
import type { CallResult, RunnerEndpoint, SocketCalls } from './socket-calls.ts';

export type StartOptions = {
  readonly home: string;
  readonly version: string;
  /** For the runner, its hosts and what agents start. Without any key. */
  readonly environment: Readonly<Record<string, string>>;
  /** Default: the runner of this installation. */
  readonly program?: Program;
};

/** Runs as a separate process that outlives the daemon; never imported. */
const BUNDLED_PROGRAM = fileURLToPath(new URL('../../runner/main.ts', import.meta.url));

/** Another runner holds the lock of the home: see `runner/program.ts`. */
const EXIT_ALREADY_RUNNING = 3;
const START_TIMEOUT_MS = 120_000;
const POLL_INTERVAL_MS = 50;
const INFO_TIMEOUT_MS = 5_000;

/**
 * Finds the runner of a home that takes new threads, or starts one. A runner of another build is asked to retire: it
 * finishes its threads, and a new one takes over. Several daemons may do this at the same time.
 */
export async function ensureRunner(
  calls: SocketCalls,
  options: StartOptions,
): Promise<CallResult<RunnerEndpoint>> {
  const result = await toResult(() => findOrStart(calls, options));
  if (result.ok) return result.value;
  const { code, message } = result.error;
  return code === 'disk_full'
    ? { ok: false, error: { code, message, suggestion: MAKE_ROOM } }
    : unavailable(`The process that runs local agents cannot be started. ${message}`);
}

const MAKE_ROOM = 'Free some space; the agent then starts automatically.';

async function findOrStart(
  calls: SocketCalls,
  options: StartOptions,
): Promise<CallResult<RunnerEndpoint>> {
  const { home } = options;
  await mkdir(join(home, 'local-runs'), { recursive: true, mode: 0o700 });
  const program = await prepareProgram(home, programOf(options));
  const running = await findRunner(calls, home);
  if (running !== null && running.info.build === program.build)
    return { ok: true, value: running.endpoint };
  if (running !== null) await requestRetirement(calls, running.endpoint);
  return startNew(calls, options, program);
}

/** The runner that responds at the recorded address, unless it is retiring; null if there is none. */
export async function findRunner(
  calls: SocketCalls,
  home: string,
): Promise<{ readonly endpoint: RunnerEndpoint; readonly info: RunnerInfo } | null> {
  const presence = readPresence(home);
  const secret = readSecret(home);
  if (presence === null || secret === null) return null;
  const endpoint = { address: presence.address, secret };
  const info = await readRunnerInfo(calls, endpoint);
  // Its successor listens at the same address, but pooled connections would still lead to this one.
  if (info.ok && info.value.isRetiring) calls.forget(endpoint.address);
  return info.ok && !info.value.isRetiring ? { endpoint, info: info.value } : null;
}

async function startNew(
  calls: SocketCalls,
  options: StartOptions,
  program: Program,
): Promise<CallResult<RunnerEndpoint>> {
  const { home } = options;
  const child = startProcess(options, program);
  if (child.pid !== undefined) await recordUser(program, child.pid);
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < deadline) {
    const result = await findRunner(calls, home);
    if (result !== null) {
      await removeOldCopies(home, program.build);
      return { ok: true, value: result.endpoint };
    }
    const { exit } = child;
    if (exit !== null && exit.code !== EXIT_ALREADY_RUNNING)
      return unavailable(`The process that runs local agents ${exit.how}.${outputTail(home)}`);
    const presence = readPresence(home);
    if (presence !== null && isRunning(presence) && isSuspended(presence.pid))
      return unavailable(
        `The process that runs local agents (${presence.pid}) is suspended.`,
        `Resume it with \`kill -CONT ${presence.pid}\`.`,
      );
    await sleep(POLL_INTERVAL_MS);
  }
  return unavailable(`The process that runs local agents does not respond.${outputTail(home)}`);
}

type RunnerProcess = {
  readonly pid: number | undefined;
  exit: { readonly code: number | null; readonly how: string } | null;
};

function startProcess(
  { home, version, environment }: StartOptions,
  program: Program,
): RunnerProcess {
  const output = openSync(join(home, 'local-runs', 'runner-output.log'), 'w', 0o600);
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      program.file,
      ...['--home', home, '--version', version, '--build', program.build],
    ],
    {
      // Not the current folder, which a long-running process would keep in use.
      cwd: home,
      detached: true,
      stdio: ['ignore', output, output],
      env: { ...environment },
      windowsHide: true,
    },
  );
  closeSync(output);
  const runnerProcess: RunnerProcess = { pid: child.pid, exit: null };
  child.once('exit', (code, signal) => {
    runnerProcess.exit = {
      code,
      how: code === null ? `was ended by ${signal}` : `ended with code ${code}`,
    };
  });
  child.once('error', (error) => {
    runnerProcess.exit = { code: null, how: `could not be started: ${error.message}` };
  });
  child.unref();
  return runnerProcess;
}

async function requestRetirement(calls: SocketCalls, endpoint: RunnerEndpoint): Promise<void> {
  // The result does not matter: the new runner starts only if it gets the lock.
  await calls.call(endpoint, { method: 'POST', path: runnerPaths.retire }, runnerInfoSchema);
}

const programOf = ({ version, program }: StartOptions): Program =>
  program ?? { file: BUNDLED_PROGRAM, build: `source-${version}` };

export const readRunnerInfo = (
  calls: SocketCalls,
  endpoint: RunnerEndpoint,
): Promise<CallResult<RunnerInfo>> =>
  calls.call(
    endpoint,
    { method: 'GET', path: runnerPaths.runner, deadlineMs: INFO_TIMEOUT_MS },
    runnerInfoSchema,
  );

/** The secret of the runners of this home; null before the first one has started. */
export const readSecret = (home: string): string | null =>
  readFileIfExists(join(home, 'local-runs', 'runner-secret'))?.trim() ?? null;

export function readPresence(home: string): RunnerPresence | null {
  const text = readFileIfExists(join(home, 'local-runs', 'runner.json'));
  if (text === null) return null;
  // Null if the file was edited by hand; the next runner replaces it.
  return runnerPresenceSchema.safeParse(parseJson(text)).data ?? null;
}

/** The end of the output of a runner that could not start, for a message. */
function outputTail(home: string): string {
  const output = readFileIfExists(join(home, 'local-runs', 'runner-output.log'))?.trim() ?? '';
  return output === '' ? '' : ` Its output: ${output.slice(-1_500)}`;
}

const unavailable = (message: string, suggestion?: string): CallResult<never> => ({
  ok: false,
  error: { code: 'unreachable', message, ...(suggestion === undefined ? {} : { suggestion }) },
});
