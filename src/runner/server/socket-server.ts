import { once } from 'node:events';
import { chmodSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { closeServer } from '../../lib/close-server.ts';

type Handler = (request: Request) => Response | Promise<Response>;

/** HTTP on a socket that belongs to the user alone. */
export class SocketServer {
  readonly #handler: Handler;
  readonly #all: Server[] = [];
  #server: Server | null = null;

  constructor(handler: Handler) {
    this.#handler = handler;
  }

  /** A socket that lies there is one of a runner that has ended: the caller holds the lock. */
  async listen(address: string): Promise<void> {
    const isFile = process.platform !== 'win32';
    if (isFile) rmSync(address, { force: true });
    // `Server`: no `createServer` of another kind is given.
    const server = createAdaptorServer({ fetch: this.#handler }) as Server;
    server.listen(address);
    await once(server, 'listening');
    // The folder is private as well; some systems look only at that.
    if (isFile) chmodSync(address, 0o600);
    this.#all.push(server);
    this.#server = server;
  }

  /** Connections that are open stay; new ones are taken at the new address only. */
  async moveTo(address: string): Promise<void> {
    const before = this.#server;
    await this.listen(address);
    before?.close();
  }

  /** At the same address, where the socket is gone: closing the old one afterwards would take the new one along. */
  async listenAgain(address: string): Promise<void> {
    this.#server?.close();
    await this.listen(address);
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map(closeServer));
  }
}
