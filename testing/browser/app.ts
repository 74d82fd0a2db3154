import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { requestOverHttp } from '../../src/cli/daemon/request.ts';
import { type Client, createClient } from '../../src/contract/client.ts';
import { stopRehearsal, stopRunner } from '../detached-processes.ts';
import { type RehearsalControl, rehearsalControl } from '../rehearsal-control.ts';
import { removeFolder } from '../remove-folder.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The daemon as a user starts it, with its own home folder and rehearsal cloud. */
export type TestApp = AsyncDisposable & {
  readonly home: string;
  readonly url: () => string;
  readonly client: () => Client;
  /** Kills the daemon and starts it again at the same address. */
  readonly restart: () => Promise<void>;
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
  readonly cloud: RehearsalControl;
};

type RunningDaemon = {
  readonly url: string;
  readonly stop: (signal: NodeJS.Signals) => Promise<void>;
};

async function startDaemon(home: string, port: number): Promise<RunningDaemon> {
  const child = spawn(process.execPath, ['bin/cerevisor.mjs', 'start', '--foreground'], {
    cwd: root,
    env: {
      ...process.env,
      CEREVISOR_HOME: home,
      CEREVISOR_PORT: String(port),
      CURSOR_API_KEY: '',
      // How the tests were started must not affect how the daemon names its command.
      npm_lifecycle_event: '',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const output: string[] = [];
  const address = new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (line) => {
        output.push(line);
        const match = /http:\/\/127\.0\.0\.1:\d+/.exec(line);
        if (match) resolve(match[0]);
      });
    child.once('exit', () => reject(new Error(`The daemon ended: ${output.join('\n')}`)));
  });
  const stop = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await exited;
  };
  return { url: await address, stop };
}

const rehearsalFile = (home: string) => join(home, 'rehearsal', 'rehearsal.json');

/** @param prepare fills the home folder before the daemon starts for the first time. */
export async function startApp(
  prepare: (home: string) => void = () => undefined,
): Promise<TestApp> {
  buildPages();
  const home = mkdtempSync(join(tmpdir(), 'cerevisor-e2e-'));
  prepare(home);
  let running = await startDaemon(home, 0);
  const start = async () => {
    running = await startDaemon(home, Number(new URL(running.url).port));
  };
  const kill = () => running.stop('SIGKILL');
  return {
    home,
    url: () => running.url,
    client: () =>
      createClient({
        baseUrl: running.url,
        identity: {
          kind: 'token',
          token: readFileSync(join(home, 'daemon-token'), 'utf8').trim(),
        },
        // A connection that was kept open may belong to a daemon that was killed, or be closed just now.
        fetch: requestOverHttp,
      }),
    kill,
    start,
    cloud: rehearsalControl(() => JSON.parse(readFileSync(rehearsalFile(home), 'utf8')).url),
    restart: async () => {
      await kill();
      await start();
    },
    async [Symbol.asyncDispose]() {
      await running.stop('SIGTERM');
      await stopRunner(home);
      await stopRehearsal(home);
      removeFolder(home);
    },
  };
}

/** Runs in a separate process, because a failed build exits. Does nothing if the app is up to date. */
function buildPages(): void {
  execFileSync(process.execPath, ['scripts/build-web.mjs'], { cwd: root, stdio: 'inherit' });
}
