import { once } from 'node:events';
import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import type { Outcome } from '../engine/api.ts';
import { closeServer } from '../lib/close-server.ts';
import { systemErrorCode } from '../lib/system-error.ts';
import { bindProblem } from './security/origins.ts';

const ASK_OTHER_MS = 2_000;

export type Handler = (request: Request) => Response | Promise<Response>;

export type Listening = {
  readonly port: number;
  /** From now on requests go to this handler; until then they are told that the daemon is starting. */
  readonly setHandler: (handler: Handler) => void;
  readonly close: () => Promise<void>;
};

export type ListenOptions = {
  readonly hostname?: string;
  readonly port: number;
  /** The port was asked for by name: taking another one instead would surprise. */
  readonly isPortExact: boolean;
  /** Tried before any other when `port` is taken, so that open pages find the daemon again. */
  readonly previousPort?: number;
};

/** Listens on loopback. Takes any free port instead of a taken one, unless the port is exact. */
export async function listen(options: ListenOptions): Promise<Outcome<Listening>> {
  const hostname = options.hostname ?? '127.0.0.1';
  const refusal = bindProblem(hostname);
  if (refusal !== null) return { ok: false, error: { code: 'bind_refused', message: refusal } };
  let handler: Handler = () =>
    new Response('Cerevisor is starting.', { status: 503, headers: { 'retry-after': '1' } });
  // `Server`: no `createServer` of another kind is given.
  const server = createAdaptorServer({ fetch: (request: Request) => handler(request) }) as Server;
  const outcome = await bind(server, hostname, options);
  if (!outcome.ok) return outcome;
  return {
    ok: true,
    value: {
      port: outcome.value,
      setHandler: (next) => {
        handler = next;
      },
      close: () => closeServer(server),
    },
  };
}

async function bind(
  server: Server,
  hostname: string,
  { port, isPortExact, previousPort }: ListenOptions,
): Promise<Outcome<number>> {
  const inexact = previousPort === undefined ? [port, 0] : [port, previousPort, 0];
  let isForbidden = false;
  for (const candidate of isPortExact ? [port] : inexact) {
    try {
      return { ok: true, value: await bindOnce(server, candidate, hostname) };
    } catch (error) {
      const code = systemErrorCode(error);
      if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
      isForbidden = code === 'EACCES';
    }
  }
  const who = isForbidden
    ? 'is not available to you'
    : `is used by ${await identifyPortUser(port)}`;
  return {
    ok: false,
    error: {
      code: 'port_taken',
      message: `Port ${port} ${who}.`,
      suggestion: 'Choose another one (`--port` or CEREVISOR_PORT), or do not specify one.',
    },
  };
}

/** Another daemon of ours is called by its name: it serves another home. */
async function identifyPortUser(port: number): Promise<string> {
  try {
    const signal = AbortSignal.timeout(ASK_OTHER_MS);
    const answer = await fetch(`http://127.0.0.1:${port}/api/me-session`, { signal });
    const isOurs = 'isLoggedIn' in Object(await answer.json());
    return isOurs ? 'Cerevisor for another home folder' : 'another program';
  } catch {
    return 'another program'; // It speaks something else, or answers nobody.
  }
}

async function bindOnce(server: Server, port: number, hostname: string): Promise<number> {
  server.listen(port, hostname);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No TCP address');
  return address.port;
}
