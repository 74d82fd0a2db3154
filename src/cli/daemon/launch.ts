import { spawn } from 'node:child_process';
import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ApiError, parseErrorBody } from '../../contract/errors.ts';
import { ensureHome } from '../../settings/home.ts';
import { refusal } from '../refusal.ts';
import { cleanText } from '../terminal/text.ts';
import { Patience } from './patience.ts';
import { daemonPresence, type SilentDaemon, silentRefusal } from './presence.ts';

/** How long another daemon that holds the home gets to say so. */
const OVERTAKEN_PATIENCE_MS = 10_000;
const POLL_MS = 50;
/** As much of the log as explains an early death. */
const TAIL_BYTES = 4_000;

/** What a daemon prints, next to the log that it keeps itself: mostly why it could not start. */
const outputFileOf = (home: string): string => path.join(home, 'daemon-output.log');

/** Without the mark of an agent whose shell this may be: what carries it ends with that agent. */
function environmentOfDaemon(home: string): NodeJS.ProcessEnv {
  const { CEREVISOR_THREAD: _, ...environment } = process.env;
  return { ...environment, CEREVISOR_HOME: home, CEREVISOR_STARTED_BY: 'command' };
}

/**
 * Starts a daemon of its own session, with its words in the log, and waits until it answers: for as long as it gets
 * on, since a large journal or a busy machine make a start slow and not wrong.
 * @throws ApiError with the code and the words of a daemon that cannot start; `daemon_unreachable` with the last
 * words of one that died; `daemon_silent` when it stands still.
 */
export async function launchDaemon(home: string, port: number | null): Promise<void> {
  const folder = ensureHome(home);
  if (!folder.ok) throw new ApiError(0, folder.error);
  const file = outputFileOf(home);
  const log = await openLog(file).catch((error: unknown) => {
    const detail = error instanceof Error ? error.message : String(error);
    const advice = 'Set CEREVISOR_HOME to a folder that you own on a local disk.';
    throw refusal('home_unusable', `Nothing can be stored in ${home}: ${detail}`, advice);
  });
  const beginsAt = (await log.stat()).size;
  const child = spawn(process.execPath, launchArguments(port), {
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    env: environmentOfDaemon(home),
    // The daemon must not keep the folder busy that the person happened to be in.
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
  const patience = new Patience();
  const overtakenUntil = performance.now() + OVERTAKEN_PATIENCE_MS;
  try {
    for (;;) {
      const presence = await daemonPresence(home, 1_000);
      if (presence.kind === 'answering') return;
      if (ended !== null) {
        const failure = await startFailure(`The daemon ${ended}.`, file, beginsAt);
        // Someone else is starting one on the same home at the moment: theirs will do.
        const isOvertaken = presence.kind === 'silent' || performance.now() < overtakenUntil;
        if (failure.code !== 'locked' || !isOvertaken) throw failure;
      }
      const starting = presence.kind === 'silent' ? presence : newborn(child.pid);
      if (!patience.lasts(starting)) throw silentRefusal(starting);
      await wait(POLL_MS);
    }
  } finally {
    child.unref();
  }
}

/** A daemon that has not come far enough to say what it does. */
const newborn = (pid = 0): SilentDaemon => ({ kind: 'silent', pid, doing: 'is starting' });

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

/** What the daemon itself says against its start, otherwise its last words. */
async function startFailure(message: string, file: string, beginsAt: number): Promise<ApiError> {
  const said = await tailOf(file, beginsAt);
  return (
    toldFailure(said) ??
    refusal(
      'daemon_unreachable',
      said === '' ? message : `${message} Its output:\n${said}`,
      `The full log is in ${file}; \`cerevisor start --foreground\` shows it here.`,
    )
  );
}

/** A daemon that cannot start says why as its last line, as every command with `--json` does; null when it just died. */
function toldFailure(said: string): ApiError | null {
  const lastLine = said.slice(said.lastIndexOf('\n') + 1);
  if (!lastLine.startsWith('{')) return null;
  return parseErrorBody(parsedOrNull(lastLine), 0);
}

function parsedOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Something else that begins like JSON: it is shown as it is.
    return null;
  }
}

async function tailOf(file: string, beginsAt: number): Promise<string> {
  const log = await open(file, 'r');
  try {
    const { size } = await log.stat();
    const start = Math.max(beginsAt, size - TAIL_BYTES);
    const { buffer, bytesRead } = await log.read({
      buffer: Buffer.alloc(Math.max(0, size - start)),
      position: start,
    });
    return cleanText(buffer.toString('utf8', 0, bytesRead)).trim();
  } finally {
    await log.close();
  }
}
