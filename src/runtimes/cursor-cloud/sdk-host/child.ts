import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { proxyEnvironment } from '../../../lib/proxies.ts';
import { type FromHost, fromHostSchema, type ToHost } from './protocol.ts';

const HOST_FILE = fileURLToPath(new URL('./host.ts', import.meta.url));

/** One SDK host process. `isSuspect`: it let a deadline pass or slept, and gets no new calls. */
export type HostChild = {
  readonly pid: number | undefined;
  readonly openCalls: Set<number>;
  isSuspect: boolean;
  send(message: ToHost): void;
  kill(): void;
  readonly exited: Promise<void>;
};

export type HostChildEvents = {
  onMessage(message: FromHost): void;
  onExit(): void;
  onComplaint(line: string): void;
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
    else events.onComplaint(`unreadable message from the SDK host: ${message.error.message}`);
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => events.onComplaint(text.trim()));
  return {
    pid: child.pid,
    openCalls: new Set(),
    isSuspect: false,
    send: (message) => sendTo(child, message, events),
    kill: () => void child.kill('SIGKILL'),
    exited,
  };
}

function sendTo(child: ChildProcess, message: ToHost, events: HostChildEvents): void {
  // A failed send means that the child is dying; its exit settles the call.
  child.send(message, (error) => {
    if (error !== null) events.onComplaint(`the SDK host did not take a message: ${error.message}`);
  });
}

/** Built from scratch: of the daemon's environment nothing but the way out, least of all a key, reaches the SDK. */
function hostEnvironment(backendUrl: string | undefined): NodeJS.ProcessEnv {
  const kept =
    process.platform === 'win32' ? ['PATH', 'USERPROFILE', 'SystemRoot'] : ['PATH', 'HOME'];
  const environment: NodeJS.ProcessEnv = {};
  for (const name of kept) {
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  if (backendUrl !== undefined) environment.CURSOR_BACKEND_URL = backendUrl;
  return { ...environment, ...proxyEnvironment(process.env, backendUrl) };
}
