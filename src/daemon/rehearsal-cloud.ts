import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Outcome } from '../engine/api.ts';
import { replaceFile } from '../lib/durable-file.ts';
import { activityOf, identityOf, isRunning, isSuspended } from '../lib/process.ts';
import { systemErrorCode } from '../lib/system-error.ts';
import type { Log } from '../server/services.ts';
import { environmentForChildren } from '../settings/child-environment.ts';
import { SAMPLE_SHOP_URL, sampleShopPath, tryCreateSampleShop } from './sample-shop.ts';

/** A separate program, so that it outlives the daemon, as Cursor's cloud would. It is started, never imported. */
const program = fileURLToPath(new URL('../../rehearsal/main.ts', import.meta.url));
const presenceSchema = z.object({
  port: z.number(),
  pid: z.number(),
  url: z.url(),
  /** Start time of the process, to detect whether its pid was reused. */
  began: z.string().optional(),
});
type Presence = z.infer<typeof presenceSchema>;

/** Starting may take any time while the process makes progress; without progress for this long, it is stuck. */
const STALL_TIMEOUT_MS = 60_000;
const POLL_MS = 50;
/** Not more often, because on some systems, the activity of a process is read by running `ps`. */
const ACTIVITY_INTERVAL_MS = 1_000;
/** The check also prevents it from exiting as idle while the daemon is running. */
const CHECK_INTERVAL_MS = 20_000;

/** A rehearsal cloud that is kept running while the daemon needs it. It continues when the daemon stops. */
export class RehearsalCloud {
  readonly #home: string;
  readonly #folder: string;
  readonly #log: Log;
  readonly url: string;
  readonly #port: number;
  #timer: NodeJS.Timeout | undefined;
  /** A warning that it does not respond has been logged. */
  #isUnresponsive = false;

  private constructor(home: string, log: Log, presence: Presence) {
    this.#home = home;
    this.#folder = folderOf(home);
    this.#log = log;
    this.url = presence.url;
    this.#port = presence.port;
  }

  /** Finds the rehearsal cloud of this home, or starts it. */
  static async open(home: string, log: Log): Promise<Outcome<RehearsalCloud>> {
    await tryCreateSampleShop(home, log);
    const known = await lastPresence(folderOf(home));
    // A running process that does not respond yet holds the folder, so that a second one could not start.
    const isReady = known !== null && (await waitUntilResponding(known));
    if (!isReady && known !== null && isKnownToRun(known)) {
      return failed(noResponseMessage(known), home, resumeSuggestion(known));
    }
    // Its previous port is preferred, because sessions and pull request URLs contain it.
    const presence = isReady ? known : await start(home, known?.port ?? 0);
    if (presence === null) return failed('The rehearsal cloud could not be started.', home);
    log.info(
      { url: presence.url, rehearsalPid: presence.pid, wasRunning: isReady },
      'rehearsal cloud ready',
    );
    return { ok: true, value: new RehearsalCloud(home, log, presence) };
  }

  /** Checks it regularly until the signal aborts, and restarts it at the same address if it has exited. */
  keepRunning(signal: AbortSignal): void {
    const check = async (): Promise<void> => {
      if (signal.aborted) return;
      if (await isResponding(this.url)) this.#isUnresponsive = false;
      else await this.#restart();
      if (!signal.aborted) this.#timer = setTimeout(check, CHECK_INTERVAL_MS).unref();
    };
    this.#timer = setTimeout(check, CHECK_INTERVAL_MS).unref();
    signal.addEventListener('abort', () => clearTimeout(this.#timer), { once: true });
  }

  /** Why it is suspended, and how to resume it; null if it is not suspended. */
  async suspension(): Promise<{ message: string; suggestion: string } | null> {
    const known = await lastPresence(this.#folder);
    const suggestion = known !== null && isKnownToRun(known) ? resumeSuggestion(known) : null;
    return known === null || suggestion === null
      ? null
      : { message: noResponseMessage(known), suggestion };
  }

  /** Restarts it if it has exited. If it is running but slow, only logs a warning. */
  async #restart(): Promise<void> {
    const known = await lastPresence(this.#folder);
    if (known !== null && isKnownToRun(known)) {
      const message = [noResponseMessage(known), resumeSuggestion(known) ?? ''].join(' ').trim();
      if (!this.#isUnresponsive) this.#log.warn({ url: this.url }, message);
      this.#isUnresponsive = true;
      return;
    }
    this.#log.warn({ url: this.url }, 'the rehearsal cloud has ended and is being restarted');
    const again = await start(this.#home, this.#port);
    if (again?.port !== this.#port) {
      this.#log.error({ folder: this.#folder }, 'the rehearsal cloud could not be restarted');
    }
  }
}

const folderOf = (home: string): string => join(home, 'rehearsal');

const noResponseMessage = ({ pid }: Presence): string =>
  `The rehearsal cloud is running (process ${pid}) but does not respond yet.`;

/** How to resume it, if it is suspended. */
const resumeSuggestion = ({ pid }: Presence): string | null =>
  isSuspended(pid) ? `It is suspended; resume it with \`kill -CONT ${pid}\`.` : null;

const failed = (message: string, home: string, advice: string | null = null): Outcome<never> => ({
  ok: false,
  error: {
    code: 'rehearsal_failed',
    message,
    suggestion:
      advice ??
      `See ${join(folderOf(home), 'rehearsal.log')}, or set CURSOR_API_KEY to use Cursor.`,
  },
});

/** Starts it in its own process group. Null if it exits or gets stuck before it responds. */
async function start(home: string, port: number): Promise<Presence | null> {
  const folder = folderOf(home);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const shop = sampleShopPath(home);
  for (const candidate of port === 0 ? [0] : [port, 0]) {
    const output = openSync(join(folder, 'rehearsal.log'), 'a', 0o600);
    const child = spawn(
      process.execPath,
      [
        '--disable-warning=ExperimentalWarning',
        program,
        ...['--home', folder, '--port', String(candidate), '--repo', `${SAMPLE_SHOP_URL}=${shop}`],
      ],
      {
        cwd: home,
        detached: true,
        stdio: ['ignore', output, output],
        env: environmentForChildren(process.env),
        windowsHide: true,
      },
    );
    closeSync(output);
    let hasEnded = false;
    child.once('exit', () => {
      hasEnded = true;
    });
    child.once('error', () => {
      hasEnded = true;
    });
    child.unref();
    const identity = identityOf(child.pid ?? 0);
    const isStuck = createStallDetector(identity.pid);
    while (!hasEnded && !isStuck()) {
      const presence = await readPresence(folder);
      if (presence !== null && presence.pid === child.pid && (await isResponding(presence.url))) {
        await savePresence(folder, { ...presence, ...identity });
        return presence;
      }
      await wait(POLL_MS);
    }
    // It is still running and holds the folder, so that a second one could not start.
    if (!hasEnded) return null;
  }
  return null;
}

/** Waits for a running process while it makes progress. Returns whether it responds. */
async function waitUntilResponding(presence: Presence): Promise<boolean> {
  const isStuck = createStallDetector(presence.pid);
  while (!(await isResponding(presence.url))) {
    if (!isKnownToRun(presence) || isStuck()) return false;
    await wait(POLL_MS);
  }
  return true;
}

/** The pid alone does not identify the process, because it may have been reused. */
const isKnownToRun = (presence: Presence): boolean =>
  presence.began !== undefined && isRunning(presence);

/** Returns a function that reports whether the process has made no progress for too long. */
function createStallDetector(pid: number): () => boolean {
  let lastHeartbeat = activityOf(pid);
  let lastHeartbeatAt = performance.now();
  let lookedAt = lastHeartbeatAt;
  return () => {
    if (performance.now() - lookedAt < ACTIVITY_INTERVAL_MS) return false;
    lookedAt = performance.now();
    const sign = activityOf(pid);
    if (sign !== lastHeartbeat) lastHeartbeatAt = performance.now();
    lastHeartbeat = sign;
    return performance.now() - lastHeartbeatAt > STALL_TIMEOUT_MS;
  };
}

/** A copy of its presence file, which it deletes when it exits. It keeps the port and the process for the next start. */
const rememberedFile = (folder: string): string => join(folder, 'last-address.json');

async function savePresence(folder: string, presence: Presence): Promise<void> {
  await replaceFile(rememberedFile(folder), `${JSON.stringify(presence)}\n`, { mode: 0o600 });
}

async function lastPresence(folder: string): Promise<Presence | null> {
  const [announced, remembered] = [
    await readPresence(folder),
    await readPresenceFile(rememberedFile(folder)),
  ];
  // Only the copy contains the start time of the process.
  return announced === null || announced.pid === remembered?.pid ? remembered : announced;
}

const readPresence = (folder: string) => readPresenceFile(join(folder, 'rehearsal.json'));

async function readPresenceFile(path: string): Promise<Presence | null> {
  try {
    const parsed = presenceSchema.safeParse(JSON.parse(await readFile(path, 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch (error) {
    // Missing, or read while it is being written; the next check reads it again.
    if (error instanceof SyntaxError || systemErrorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

async function isResponding(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/rehearsal`, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false; // Nothing listens, or it does not respond in time.
  }
}
