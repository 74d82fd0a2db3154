import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectSocket, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { installedBuild, PRODUCT_FOLDER } from '../src/lib/product.ts';

/** Runs the built command as a person or a script would: another process, its own environment, pipes. */
export const launcher = fileURLToPath(new URL('../bin/cerevisor.mjs', import.meta.url));

export type Ended = {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

export type Running = {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves once standard output or standard error contains these words. */
  readonly said: (words: string) => Promise<void>;
};

export function startCommand(
  home: string,
  args: readonly string[],
  options: {
    readonly environment?: NodeJS.ProcessEnv;
    readonly input?: string;
    readonly cwd?: string;
  } = {},
): Running {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, [launcher, ...args], {
    // A clean environment: no key, no backend and no terminal of anyone who runs the tests.
    env: { PATH, HOME, LANG: 'C.UTF-8', CEREVISOR_HOME: home, ...options.environment },
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  child.stdin.end(options.input ?? '');
  let stdout = '';
  let stderr = '';
  const waiting = new Set<{ words: string; resolve: () => void }>();
  const look = (): void => {
    for (const one of waiting) if ((stdout + stderr).includes(one.words)) one.resolve();
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    look();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    look();
  });
  const ended = once(child, 'close').then(([code]) => ({ code, stdout, stderr }) as Ended);
  const said = (words: string): Promise<void> =>
    new Promise((resolve, reject) => {
      waiting.add({ words, resolve });
      look();
      void ended.then(() => reject(new Error(`It never said "${words}":\n${stdout}\n${stderr}`)));
    });
  return { child, ended, said };
}

export const runCommand = (...parameters: Parameters<typeof startCommand>): Promise<Ended> =>
  startCommand(...parameters).ended;

export type Home = Disposable & { readonly folder: string };

export function temporaryHome(): Home {
  const folder = mkdtempSync(path.join(tmpdir(), 'cerevisor-cli-'));
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

/** What a daemon leaves in its home for its clients. */
export function leaveAddress(
  home: string,
  port: number,
  token: string,
  more: Readonly<Record<string, unknown>> = {},
): void {
  mkdirSync(home, { recursive: true });
  writeFileSync(path.join(home, 'daemon-token'), token, { mode: 0o600 });
  writeFileSync(
    path.join(home, 'daemon.json'),
    JSON.stringify({
      pid: process.pid,
      port,
      startedAt: Date.now(),
      ...installedBuild(),
      installation: PRODUCT_FOLDER,
      ...more,
    }),
  );
}

export type Relay = AsyncDisposable & { readonly port: number };

/** Passes connections on to a port, as an SSH tunnel does, until it is disposed: then they all break, as when a daemon dies. */
export async function relayTo(target: number): Promise<Relay> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((near) => {
    const far = connectSocket(target, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The relay has no port.');
  return {
    port: address.port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
