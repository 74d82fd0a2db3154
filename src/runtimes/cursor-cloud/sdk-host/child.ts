import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { proxyEnvironment } from '../../../lib/proxies.ts';
import { type FromHost, fromHostSchema, type ToHost } from './protocol.ts';

const HOST_FILE = fileURLToPath(new URL('./host.ts', import.meta.url));

/** An SDK host process. `isRetired`: it exceeded a timeout or slept, and gets no new calls. */
export type HostChild = {
  readonly pid: number | undefined;
  readonly openCalls: Set<number>;
  isRetired: boolean;
  send(message: ToHost): void;
  kill(): void;
  readonly exited: Promise<void>;
};

export type HostChildEvents = {
  onMessage(message: FromHost): void;
  onExit(): void;
  onLog(line: string): void;
};

export function startHostChild(backendUrl: string | undefined, events: HostChildEvents): HostChild {
  const child = fork(HOST_FILE, [], {
    env: hostEnvironment(backendUrl),
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const exited = new Promise<void>((resolve) => {
    const finish = () => {
      events.onExit();
      resolve();
    };
    child.once('exit', finish);
    child.once('error', finish); // could not be started at all
  });
  child.on('message', (raw) => {
    const message = fromHostSchema.safeParse(raw);
    if (message.success) events.onMessage(message.data);
    else events.onLog(`invalid message from the SDK host: ${message.error.message}`);
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => events.onLog(text.trim()));
  return {
    pid: child.pid,
    openCalls: new Set(),
    isRetired: false,
    send: (message) => sendTo(child, message, events),
    kill: () => void child.kill('SIGKILL'),
    exited,
  };
}

function sendTo(child: ChildProcess, message: ToHost, events: HostChildEvents): void {
  // A failed send means that the child is dying; its exit settles the call.
  child.send(message, (error) => {
    if (error !== null)
      events.onLog(`a message could not be sent to the SDK host: ${error.message}`);
  });
}

/** A minimal environment: the SDK gets only paths and network settings of the daemon's environment, and no keys. */
function hostEnvironment(backendUrl: string | undefined): NodeJS.ProcessEnv {
  const inherited =
    process.platform === 'win32' ? ['PATH', 'USERPROFILE', 'SystemRoot'] : ['PATH', 'HOME'];
  const environment: NodeJS.ProcessEnv = {};
  for (const name of inherited) {
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  if (backendUrl !== undefined) environment.CURSOR_BACKEND_URL = backendUrl;
  return { ...environment, ...proxyEnvironment(process.env, backendUrl) };
}
