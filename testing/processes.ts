import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { requestOverHttp } from '../src/cli/daemon/request.ts';
import { type Client, createClient } from '../src/contract/client.ts';
import { until } from './until.ts';

const root = fileURLToPath(new URL('../', import.meta.url));

/** Starts a rehearsal cloud in a separate process. */
export async function startRehearsalProcess(
  home: string,
  flags: readonly string[],
): Promise<{ url: string; process: ChildProcess }> {
  const child = spawn(
    process.execPath,
    [
      join(root, 'rehearsal/main.ts'),
      '--home',
      home,
      '--port',
      '0',
      '--idle-minutes',
      '5',
      ...flags,
    ],
    { stdio: 'ignore' },
  );
  try {
    const url = await until(() => addressIn(join(home, 'rehearsal.json')));
    return { url, process: child };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

function addressIn(file: string): string | null {
  if (!existsSync(file)) return null;
  const { url } = JSON.parse(readFileSync(file, 'utf8')) as { url: string }; // Written by the program above.
  return url;
}

/** The real daemon as a process that can be killed and restarted on the same home folder. */
export class DaemonProcess {
  readonly home: string;
  readonly #environment: Record<string, string>;
  #child: ChildProcess | null = null;
  client: Client = createClient({ baseUrl: '', identity: { kind: 'token', token: '' } });

  constructor(home: string, backendUrl: string) {
    this.home = home;
    this.#environment = {
      PATH: process.env.PATH ?? '',
      HOME: home,
      CEREVISOR_HOME: home,
      CEREVISOR_NO_OPEN: '1',
      CURSOR_BACKEND_URL: backendUrl,
      CURSOR_API_KEY: 'crsr_crash_test',
      CEREVISOR_HARNESS_CACHE: process.env.CEREVISOR_HARNESS_CACHE ?? '',
    };
  }

  /** Starts the process without waiting, so that it can be killed at any stage of its start. */
  spawn(): { child: ChildProcess; stderr: () => string } {
    const child = spawn(
      process.execPath,
      [join(root, 'bin/cerevisor.mjs'), 'start', '--foreground', '--port', '0'],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
        env: this.#environment,
      },
    );
    let stderr = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    this.#child = child;
    return { child, stderr: () => stderr };
  }

  /** Starts the daemon, and waits until it has written its address. */
  async start(): Promise<void> {
    const { child, stderr } = this.spawn();
    await until(async () => {
      if (child.exitCode !== null)
        throw new Error(`The daemon ended with ${child.exitCode}: ${stderr()}`);
      const address = this.#address();
      // The file may still be that of the killed daemon.
      if (address === null || address.pid !== child.pid) return null;
      this.client = createClient({
        baseUrl: `http://127.0.0.1:${address.port}`,
        identity: {
          kind: 'token',
          token: readFileSync(join(this.home, 'daemon-token'), 'utf8').trim(),
        },
        // A connection that was kept open may be closed just now.
        fetch: requestOverHttp,
      });
      return true;
    });
  }

  /** Process id of the daemon, not of the launcher. */
  get pid(): number {
    const { pid } = this.#address() ?? {};
    if (pid === undefined) throw new Error('The daemon is not running');
    return pid;
  }

  /** Kills the daemon with SIGKILL. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await exited;
  }

  /** Starts the daemon, and kills it after a delay. */
  async killWhileStarting(afterMs: number): Promise<void> {
    this.spawn();
    await sleep(afterMs);
    await this.kill();
  }

  #address(): { port: number; pid: number } | null {
    const file = join(this.home, 'daemon.json');
    if (!existsSync(file)) return null;
    return JSON.parse(readFileSync(file, 'utf8')) as { port: number; pid: number };
  }
}
