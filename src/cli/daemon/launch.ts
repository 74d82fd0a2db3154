import { spawn } from 'node:child_process';
import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ApiError, parseErrorBody } from '../../contract/errors.ts';
import { ensureHome } from '../../settings/home.ts';
import { commandError } from '../command-error.ts';
import { cleanText } from '../terminal/text.ts';
import { checkDaemon, type UnresponsiveDaemon, unresponsiveError } from './daemon-state.ts';
import { ProgressTimeout } from './progress-timeout.ts';

/** How long to wait until another daemon that holds the lock responds. */
const OVERTAKEN_TIMEOUT_MS = 10_000;
const POLL_INTERVAL_MS = 50;
/** Enough of the log to explain a failed start. */
const TAIL_BYTES = 4_000;

/** The daemon's standard output, in addition to its own log. Usually shows why it could not start. */
const outputFileOf = (home: string): string => path.join(home, 'daemon-output.log');

/** Without the mark of an agent whose shell this may be, because marked processes are ended with the agent. */
function daemonEnvironment(home: string): NodeJS.ProcessEnv {
  const { CEREVISOR_THREAD: _, ...environment } = process.env;
  return { ...environment, CEREVISOR_HOME: home, CEREVISOR_STARTED_BY: 'command' };
}

/**
 * Starts a detached daemon with its output in a file, and waits until it responds, as long as it makes progress: with a
 * large journal or on a busy machine, a start is slow.
 * @throws ApiError with the code and message of a daemon that cannot start; `daemon_unreachable` with the end of its output
 * if it crashed; `daemon_silent` if it makes no progress
 */
export async function launchDaemon(home: string, port: number | null): Promise<void> {
  const folder = ensureHome(home);
  if (!folder.ok) throw new ApiError(0, folder.error);
  const file = outputFileOf(home);
  const log = await openLog(file).catch((error: unknown) => {
    const detail = error instanceof Error ? error.message : String(error);
    const advice = 'Set CEREVISOR_HOME to a folder that you own on a local disk.';
    throw commandError('home_unusable', `Nothing can be stored in ${home}: ${detail}`, advice);
  });
  const startOffset = (await log.stat()).size;
  const child = spawn(process.execPath, launchArguments(port), {
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    env: daemonEnvironment(home),
    // Not the current folder, which a long-running process would keep in use.
    cwd: home,
  });
  let ended: string | null = null;
  child.once('exit', (code, signal) => {
    ended = code === null ? `was ended by ${signal}` : `ended with code ${code}`;
  });
  child.once('error', (error) => {
    ended = `could not be started: ${error.message}`;
  });
  await log.close();
  const progressTimeout = new ProgressTimeout();
  const overtakenUntil = performance.now() + OVERTAKEN_TIMEOUT_MS;
  try {
    for (;;) {
      const state = await checkDaemon(home, 1_000);
      if (state.kind === 'running') return;
      if (ended !== null) {
        const failure = await startFailure(`The daemon ${ended}.`, file, startOffset);
        // Another command is starting a daemon on the same home: that one is used.
        const isOvertaken = state.kind === 'unresponsive' || performance.now() < overtakenUntil;
        if (failure.code !== 'locked' || !isOvertaken) throw failure;
      }
      const starting = state.kind === 'unresponsive' ? state : startingDaemon(child.pid);
      if (!progressTimeout.shouldWait(starting)) throw unresponsiveError(starting);
      await wait(POLL_INTERVAL_MS);
    }
  } finally {
    child.unref();
  }
}

/** The state of a daemon that has not recorded yet what it is doing. */
const startingDaemon = (pid = 0): UnresponsiveDaemon => ({
  kind: 'unresponsive',
  pid,
  doing: 'is starting',
});

async function openLog(file: string): Promise<FileHandle> {
  const log = await open(file, 'a', 0o600);
  await log.chmod(0o600);
  return log;
}

/** The same program again, however it was started (the launcher in `bin`, or this source tree). */
function launchArguments(port: number | null): string[] {
  const program = process.argv[1] ?? '';
  const portArguments = port === null ? [] : ['--port', String(port)];
  return [...process.execArgv, program, 'start', '--foreground', '--json', ...portArguments];
}

/** The failure that the daemon reported, otherwise one with the end of its output. */
async function startFailure(message: string, file: string, startOffset: number): Promise<ApiError> {
  const output = await readTail(file, startOffset);
  return (
    reportedFailure(output) ??
    commandError(
      'daemon_unreachable',
      output === '' ? message : `${message} Its output:\n${output}`,
      `The full log is in ${file}; \`cerevisor start --foreground\` shows it here.`,
    )
  );
}

/** A daemon that cannot start prints the failure as JSON in its last line; null if it crashed. */
function reportedFailure(output: string): ApiError | null {
  const lastLine = output.slice(output.lastIndexOf('\n') + 1);
  if (!lastLine.startsWith('{')) return null;
  return parseErrorBody(parseJsonOrNull(lastLine), 0);
}

function parseJsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Other output that starts like JSON is shown unchanged.
    return null;
  }
}

async function readTail(file: string, startOffset: number): Promise<string> {
  const log = await open(file, 'r');
  try {
    const { size } = await log.stat();
    const start = Math.max(startOffset, size - TAIL_BYTES);
    const { buffer, bytesRead } = await log.read({
      buffer: Buffer.alloc(Math.max(0, size - start)),
      position: start,
    });
    return cleanText(buffer.toString('utf8', 0, bytesRead)).trim();
  } finally {
    await log.close();
  }
}
