import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Client, createClient } from '../../src/contract/client.ts';
import { endRehearsal, endRunner } from '../outliving.ts';
import { type RehearsalControl, rehearsalControl } from './rehearsal.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The daemon as a person starts it, with a home and a rehearsal cloud of its own. */
export type TestApp = AsyncDisposable & {
  readonly home: string;
  readonly url: () => string;
  readonly client: () => Client;
  /** Ends the daemon as a crash would, and starts it again at the same address. */
  readonly restart: () => Promise<void>;
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
  readonly cloud: RehearsalControl;
};

type Running = { readonly url: string; readonly stop: (signal: NodeJS.Signals) => Promise<void> };

async function startDaemon(home: string, port: number): Promise<Running> {
  const child = spawn(process.execPath, ['bin/cerevisor.mjs', 'start', '--foreground'], {
    cwd: root,
    env: {
      ...process.env,
      CEREVISOR_HOME: home,
      CEREVISOR_PORT: String(port),
      CURSOR_API_KEY: '',
      // Whether the tests were started with npx or npm says nothing about how a person starts Cerevisor.
      npm_lifecycle_event: '',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const said: string[] = [];
  const address = new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (line) => {
        said.push(line);
        const found = /http:\/\/127\.0\.0\.1:\d+/.exec(line);
        if (found) resolve(found[0]);
      });
    child.once('exit', () => reject(new Error(`The daemon ended: ${said.join('\n')}`)));
  });
  const stop = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await exited;
  };
  return { url: await address, stop };
}

const presenceOf = (home: string) => join(home, 'rehearsal', 'rehearsal.json');

/** @param prepare fills the home before the daemon sees it for the first time. */
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
      }),
    kill,
    start,
    cloud: rehearsalControl(() => JSON.parse(readFileSync(presenceOf(home), 'utf8')).url),
    restart: async () => {
      await kill();
      await start();
    },
    async [Symbol.asyncDispose]() {
      await running.stop('SIGTERM');
      await endRunner(home);
      await endRehearsal(home);
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** In a process of its own, because a build that fails ends the process. Costs nothing when nothing has changed. */
function buildPages(): void {
  execFileSync(process.execPath, ['scripts/build-web.mjs'], { cwd: root, stdio: 'inherit' });
}
