import { once } from 'node:events';
import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import type { Outcome } from '../engine/api.ts';
import { closeServer } from '../lib/close-server.ts';
import { systemErrorCode } from '../lib/system-error.ts';
import { bindProblem } from './security/origins.ts';

const IDENTIFY_TIMEOUT_MS = 2_000;

export type Handler = (request: Request) => Response | Promise<Response>;

export type Listening = {
  readonly port: number;
  /** Sets the handler for all further requests. Until then, every response says that the daemon is starting. */
  readonly setHandler: (handler: Handler) => void;
  readonly close: () => Promise<void>;
};

export type ListenOptions = {
  readonly hostname?: string;
  readonly port: number;
  /** The user requested this port, so that no other port may be used instead. */
  readonly isPortExact: boolean;
  /** The port of the last start. It is tried first if `port` is taken, so that open pages can reconnect. */
  readonly previousPort?: number;
};

/** Listens on the loopback interface. If the port is taken, uses any free port, unless `isPortExact`. */
export async function listen(options: ListenOptions): Promise<Outcome<Listening>> {
  const hostname = options.hostname ?? '127.0.0.1';
  const refusal = bindProblem(hostname);
  if (refusal !== null) return { ok: false, error: { code: 'bind_refused', message: refusal } };
  let handler: Handler = () =>
    new Response('Cerevisor is starting.', { status: 503, headers: { 'retry-after': '1' } });
  // It is an HTTP/1 server, because no other `createServer` is passed.
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

/** A description of the program that uses a port; it may be a Cerevisor daemon for another home folder. */
async function identifyPortUser(port: number): Promise<string> {
  try {
    const signal = AbortSignal.timeout(IDENTIFY_TIMEOUT_MS);
    const response = await fetch(`http://127.0.0.1:${port}/api/me-session`, { signal });
    const isCerevisor = 'isLoggedIn' in Object(await response.json());
    return isCerevisor ? 'Cerevisor for another home folder' : 'another program';
  } catch {
    return 'another program'; // It does not respond, or not with JSON over HTTP.
  }
}

async function bindOnce(server: Server, port: number, hostname: string): Promise<number> {
  server.listen(port, hostname);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No TCP address');
  return address.port;
}
