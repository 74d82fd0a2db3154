import type { Server } from 'node:http';

/** How long responses may still take when a server closes. */
const GRACE_MS = 1_000;

/** Closes a server and its connections: idle ones immediately, the others when they finish or after the grace period. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => server.closeAllConnections(), GRACE_MS);
    server.close(() => {
      clearTimeout(force);
      resolve();
    });
    server.closeIdleConnections();
  });
}
