import { once } from 'node:events';
import { chmodSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { closeServer } from '../../lib/close-server.ts';

type Handler = (request: Request) => Response | Promise<Response>;

/** HTTP on a socket that only the user can access. */
export class SocketServer {
  readonly #handler: Handler;
  readonly #servers: Server[] = [];
  #server: Server | null = null;

  constructor(handler: Handler) {
    this.#handler = handler;
  }

  /** The caller holds the lock, so an existing socket file belongs to a runner that has exited. */
  async listen(address: string): Promise<void> {
    const hasSocketFile = process.platform !== 'win32';
    if (hasSocketFile) rmSync(address, { force: true });
    // A `Server`, because no other `createServer` is passed.
    const server = createAdaptorServer({ fetch: this.#handler }) as Server;
    server.listen(address);
    await once(server, 'listening');
    // Some systems ignore the mode of a socket and check only the folder, which is private too.
    if (hasSocketFile) chmodSync(address, 0o600);
    this.#servers.push(server);
    this.#server = server;
  }

  /** Keeps open connections; new ones are accepted only at the new address. */
  async moveTo(address: string): Promise<void> {
    const previous = this.#server;
    await this.listen(address);
    previous?.close();
  }

  /**
   * Listens again at the same address after the socket file was removed. The old server is closed first, because
   * closing it removes the file.
   */
  async reopen(address: string): Promise<void> {
    this.#server?.close();
    await this.listen(address);
  }

  async close(): Promise<void> {
    await Promise.all(this.#servers.map(closeServer));
  }
}
