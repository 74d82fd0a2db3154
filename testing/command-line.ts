import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { connect as connectSocket, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { installedBuild, PRODUCT_FOLDER } from '../src/lib/product.ts';
import { removeFolder } from './remove-folder.ts';

/** The launcher of the built command, which tests run in its own process and environment. */
export const launcher = fileURLToPath(new URL('../bin/cerevisor.mjs', import.meta.url));

export type CommandResult = {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

export type RunningCommand = {
  readonly child: ChildProcess;
  readonly ended: Promise<CommandResult>;
  /** Resolves once standard output or standard error contains this text. */
  readonly waitForOutput: (text: string) => Promise<void>;
};

export function startCommand(
  home: string,
  args: readonly string[],
  options: {
    readonly environment?: NodeJS.ProcessEnv;
    readonly input?: string;
    readonly cwd?: string;
  } = {},
): RunningCommand {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, [launcher, ...args], {
    // A clean environment, without keys, backend and terminal of the user who runs the tests.
    env: { PATH, HOME, LANG: 'C.UTF-8', CEREVISOR_HOME: home, ...options.environment },
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  child.stdin.end(options.input ?? '');
  let stdout = '';
  let stderr = '';
  const waiters = new Set<{ text: string; resolve: () => void }>();
  const check = (): void => {
    for (const one of waiters) if ((stdout + stderr).includes(one.text)) one.resolve();
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    check();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    check();
  });
  const ended = once(child, 'close').then(([code]) => ({ code, stdout, stderr }) as CommandResult);
  const waitForOutput = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      waiters.add({ text, resolve });
      check();
      void ended.then(() => reject(new Error(`It never said "${text}":\n${stdout}\n${stderr}`)));
    });
  return { child, ended, waitForOutput };
}

export const runCommand = (
  ...parameters: Parameters<typeof startCommand>
): Promise<CommandResult> => startCommand(...parameters).ended;

export type Home = Disposable & { readonly folder: string };

export function temporaryHome(): Home {
  const folder = mkdtempSync(path.join(tmpdir(), 'cerevisor-cli-'));
  return { folder, [Symbol.dispose]: () => removeFolder(folder) };
}

/** Writes the files with which a daemon tells its clients its address. */
export function writeDaemonAddress(
  home: string,
  port: number,
  token: string,
  more: Readonly<Record<string, unknown>> = {},
): void {
  mkdirSync(home, { recursive: true });
  writeFileSync(path.join(home, 'daemon-token'), token, { mode: 0o600 });
  const file = path.join(home, 'daemon.json');
  // A command that waits for a daemon may read it at any moment, so it is replaced atomically, as the daemon does.
  writeFileSync(
    `${file}.part`,
    JSON.stringify({
      pid: process.pid,
      port,
      startedAt: Date.now(),
      ...installedBuild(),
      installation: PRODUCT_FOLDER,
      ...more,
    }),
  );
  renameSync(`${file}.part`, file);
}

export type Relay = AsyncDisposable & { readonly port: number };

/** Forwards connections to a port, as an SSH tunnel does. Disposing of it breaks them all, as when a daemon crashes. */
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
