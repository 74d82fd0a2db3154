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
import { noteUser, type Program, programToStart, removeOldCopies } from './program-copy.ts';
import {
  type RunnerInfo,
  type RunnerPresence,
  runnerInfoSchema,
  runnerPaths,
  runnerPresenceSchema,
} from './protocol.ts';
import type { CallAnswer, RunnerPlace, SocketCalls } from './socket-calls.ts';

export type StartOptions = {
  readonly home: string;
  readonly version: string;
  /** For the runner, its hosts and what agents start. Without any key. */
  readonly environment: Readonly<Record<string, string>>;
  /** Default: the runner of this installation. */
  readonly program?: Program;
};

/** A program of its own, so that it outlives the daemon. Started, never imported. */
const OWN_PROGRAM = fileURLToPath(new URL('../../runner/main.ts', import.meta.url));

/** Another one has the home: see `runner/program.ts`. */
const EXIT_TAKEN = 3;
const PATIENCE_MS = 120_000;
const POLL_MS = 50;
const ASK_DEADLINE_MS = 5_000;

/**
 * Finds the runner of a home that takes new threads, or starts it. One of another build is told to make place: it goes
 * on with its threads, and a new one takes over. Any number of daemons may do this at once.
 */
export async function ensureRunner(
  calls: SocketCalls,
  options: StartOptions,
): Promise<CallAnswer<RunnerPlace>> {
  const found = await toResult(() => findOrStart(calls, options));
  if (found.ok) return found.value;
  const { code, message } = found.error;
  return code === 'disk_full'
    ? { ok: false, error: { code, message, suggestion: MAKE_ROOM } }
    : refused(`The process that runs local agents cannot be started. ${message}`);
}

const MAKE_ROOM = 'Free some space; the agent then starts automatically.';

async function findOrStart(
  calls: SocketCalls,
  options: StartOptions,
): Promise<CallAnswer<RunnerPlace>> {
  const { home } = options;
  await mkdir(join(home, 'local-runs'), { recursive: true, mode: 0o700 });
  const program = await programToStart(home, ownProgram(options));
  const known = await answering(calls, home);
  if (known !== null && known.info.build === program.build) return { ok: true, value: known.place };
  if (known !== null) await makePlace(calls, known.place);
  return startNew(calls, options, program);
}

/** The runner that answers at the place that was left, if one does. */
export async function answering(
  calls: SocketCalls,
  home: string,
): Promise<{ readonly place: RunnerPlace; readonly info: RunnerInfo } | null> {
  const presence = readPresence(home);
  const secret = readSecret(home);
  if (presence === null || secret === null) return null;
  const place = { address: presence.address, secret };
  const info = await askInfo(calls, place);
  // Its successor listens at the same address, and a connection that is kept would still lead to this one.
  if (info.ok && info.value.isRetiring) calls.forget(place.address);
  return info.ok && !info.value.isRetiring ? { place, info: info.value } : null;
}

async function startNew(
  calls: SocketCalls,
  options: StartOptions,
  program: Program,
): Promise<CallAnswer<RunnerPlace>> {
  const { home } = options;
  const child = startProcess(options, program);
  if (child.pid !== undefined) await noteUser(program, child.pid);
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline) {
    const found = await answering(calls, home);
    if (found !== null) {
      await removeOldCopies(home, program.build);
      return { ok: true, value: found.place };
    }
    const { exit } = child;
    if (exit !== null && exit.code !== EXIT_TAKEN)
      return refused(`The process that runs local agents ${exit.how}.${tailOf(home)}`);
    const held = readPresence(home);
    if (held !== null && isRunning(held) && isSuspended(held.pid))
      return refused(
        `The process that runs local agents (${held.pid}) is suspended.`,
        `Resume it with \`kill -CONT ${held.pid}\`.`,
      );
    await sleep(POLL_MS);
  }
  return refused(`The process that runs local agents does not respond.${tailOf(home)}`);
}

type Started = {
  readonly pid: number | undefined;
  exit: { readonly code: number | null; readonly how: string } | null;
};

function startProcess({ home, version, environment }: StartOptions, program: Program): Started {
  const output = openSync(join(home, 'local-runs', 'runner-output.log'), 'w', 0o600);
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      program.file,
      ...['--home', home, '--version', version, '--build', program.build],
    ],
    {
      // The folder that a person happened to be in must not be kept busy.
      cwd: home,
      detached: true,
      stdio: ['ignore', output, output],
      env: { ...environment },
      windowsHide: true,
    },
  );
  closeSync(output);
  const started: Started = { pid: child.pid, exit: null };
  child.once('exit', (code, signal) => {
    started.exit = {
      code,
      how: code === null ? `was ended by ${signal}` : `ended with code ${code}`,
    };
  });
  child.once('error', (error) => {
    started.exit = { code: null, how: `could not be started: ${error.message}` };
  });
  child.unref();
  return started;
}

async function makePlace(calls: SocketCalls, place: RunnerPlace): Promise<void> {
  // Whether it did shows when the new one gets the lock, or does not.
  await calls.call(place, { method: 'POST', path: runnerPaths.retire }, runnerInfoSchema);
}

const ownProgram = ({ version, program }: StartOptions): Program =>
  program ?? { file: OWN_PROGRAM, build: `source-${version}` };

export const askInfo = (calls: SocketCalls, place: RunnerPlace): Promise<CallAnswer<RunnerInfo>> =>
  calls.call(
    place,
    { method: 'GET', path: runnerPaths.runner, deadlineMs: ASK_DEADLINE_MS },
    runnerInfoSchema,
  );

/** What runners of this home want to hear; null before the first one. */
export const readSecret = (home: string): string | null =>
  readFileIfExists(join(home, 'local-runs', 'runner-secret'))?.trim() ?? null;

export function readPresence(home: string): RunnerPresence | null {
  const text = readFileIfExists(join(home, 'local-runs', 'runner.json'));
  if (text === null) return null;
  // Null for one that was changed by hand; the next runner writes it again.
  return runnerPresenceSchema.safeParse(parseJson(text)).data ?? null;
}

/** The last words of a runner that could not start. */
function tailOf(home: string): string {
  const said = readFileIfExists(join(home, 'local-runs', 'runner-output.log'))?.trim() ?? '';
  return said === '' ? '' : ` It said: ${said.slice(-1_500)}`;
}

const refused = (message: string, suggestion?: string): CallAnswer<never> => ({
  ok: false,
  error: { code: 'unreachable', message, ...(suggestion === undefined ? {} : { suggestion }) },
});
