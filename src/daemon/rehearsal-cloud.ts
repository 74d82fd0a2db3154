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

/** A program of its own, so that it outlives the daemon as Cursor's cloud would. Started, never imported. */
const program = fileURLToPath(new URL('../../rehearsal/main.ts', import.meta.url));
const presenceSchema = z.object({
  port: z.number(),
  pid: z.number(),
  url: z.url(),
  /** Tells this process from a later one with its number. */
  began: z.string().optional(),
});
type Presence = z.infer<typeof presenceSchema>;

/** It may take any time while it gets on; after so long without any sign of it, something is wrong. */
const WITHOUT_PROGRESS_MS = 60_000;
const POLL_MS = 50;
/** Some systems tell of a process only through another program. */
const LOOK_AT_PROCESS_EVERY_MS = 1_000;
/** Also keeps it from ending for want of use while the daemon runs. */
const LOOK_EVERY_MS = 20_000;

/** Keeps a rehearsal cloud running for as long as the daemon needs one. It continues when the daemon stops. */
export class RehearsalCloud {
  readonly #home: string;
  readonly #folder: string;
  readonly #log: Log;
  readonly url: string;
  readonly #port: number;
  #timer: NodeJS.Timeout | undefined;
  /** It was said already that it does not answer. */
  #isSilent = false;

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
    // One that runs and does not answer yet has the folder: a second one could not start.
    const isThere = known !== null && (await waitUntilResponding(known));
    if (!isThere && known !== null && isKnownToRun(known)) {
      return failed(noResponseMessage(known), home, resumeSuggestion(known));
    }
    // The port it had is preferred: sessions and addresses of pull requests name it.
    const presence = isThere ? known : await start(home, known?.port ?? 0);
    if (presence === null) return failed('The rehearsal cloud could not be started.', home);
    log.info(
      { url: presence.url, rehearsalPid: presence.pid, wasRunning: isThere },
      'rehearsal cloud ready',
    );
    return { ok: true, value: new RehearsalCloud(home, log, presence) };
  }

  /** Looks after it until the signal fires: one that ended is started again under the same address. */
  keepRunning(signal: AbortSignal): void {
    const look = async (): Promise<void> => {
      if (signal.aborted) return;
      if (await isResponding(this.url)) this.#isSilent = false;
      else await this.#mend();
      if (!signal.aborted) this.#timer = setTimeout(look, LOOK_EVERY_MS).unref();
    };
    this.#timer = setTimeout(look, LOOK_EVERY_MS).unref();
    signal.addEventListener('abort', () => clearTimeout(this.#timer), { once: true });
  }

  /** Why it cannot answer before someone lets it, and how; null when nothing is known to hold it. */
  async suspension(): Promise<{ message: string; suggestion: string } | null> {
    const known = await lastPresence(this.#folder);
    const suggestion = known !== null && isKnownToRun(known) ? resumeSuggestion(known) : null;
    return known === null || suggestion === null
      ? null
      : { message: noResponseMessage(known), suggestion };
  }

  /** Starts it again when it has ended. Slow is not dead: one that runs is waited for. */
  async #mend(): Promise<void> {
    const known = await lastPresence(this.#folder);
    if (known !== null && isKnownToRun(known)) {
      const words = [noResponseMessage(known), resumeSuggestion(known) ?? ''].join(' ').trim();
      if (!this.#isSilent) this.#log.warn({ url: this.url }, words);
      this.#isSilent = true;
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

/** What lets it continue, where that is known. */
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

/** Starts it in a process group of its own; null when it ends, or stands still, before it answers. */
async function start(home: string, port: number): Promise<Presence | null> {
  const folder = folderOf(home);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const shop = sampleShopPath(home);
  for (const wanted of port === 0 ? [0] : [port, 0]) {
    const output = openSync(join(folder, 'rehearsal.log'), 'a', 0o600);
    const child = spawn(
      process.execPath,
      [
        '--disable-warning=ExperimentalWarning',
        program,
        ...['--home', folder, '--port', String(wanted), '--repo', `${SAMPLE_SHOP_URL}=${shop}`],
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
    // It lives: a second one would find the folder taken.
    if (!hasEnded) return null;
  }
  return null;
}

/** Whether it answers; one that runs is waited for while it gets on. */
async function waitUntilResponding(presence: Presence): Promise<boolean> {
  const isStuck = createStallDetector(presence.pid);
  while (!(await isResponding(presence.url))) {
    if (!isKnownToRun(presence) || isStuck()) return false;
    await wait(POLL_MS);
  }
  return true;
}

/** Its number alone proves nothing: by now it may be anyone's. */
const isKnownToRun = (presence: Presence): boolean =>
  presence.began !== undefined && isRunning(presence);

/** Returns a question: has this process shown no sign of work for too long? */
function createStallDetector(pid: number): () => boolean {
  let lastHeartbeat = activityOf(pid);
  let lastHeartbeatAt = performance.now();
  let lookedAt = lastHeartbeatAt;
  return () => {
    if (performance.now() - lookedAt < LOOK_AT_PROCESS_EVERY_MS) return false;
    lookedAt = performance.now();
    const sign = activityOf(pid);
    if (sign !== lastHeartbeat) lastHeartbeatAt = performance.now();
    lastHeartbeat = sign;
    return performance.now() - lastHeartbeatAt > WITHOUT_PROGRESS_MS;
  };
}

/** Its own announcement goes when it ends; this copy remembers the port for the next time, and which process it was. */
const rememberedFile = (folder: string): string => join(folder, 'last-address.json');

async function savePresence(folder: string, presence: Presence): Promise<void> {
  await replaceFile(rememberedFile(folder), `${JSON.stringify(presence)}\n`, { mode: 0o600 });
}

async function lastPresence(folder: string): Promise<Presence | null> {
  const [announced, remembered] = [
    await readPresence(folder),
    await readPresenceFile(rememberedFile(folder)),
  ];
  // Only the copy knows when the process began.
  return announced === null || announced.pid === remembered?.pid ? remembered : announced;
}

const readPresence = (folder: string) => readPresenceFile(join(folder, 'rehearsal.json'));

async function readPresenceFile(path: string): Promise<Presence | null> {
  try {
    const parsed = presenceSchema.safeParse(JSON.parse(await readFile(path, 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch (error) {
    // Not there, or cut off while it is being written: the next look sees it whole.
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
    return false; // Nobody listens, or not in time: the same to us.
  }
}
