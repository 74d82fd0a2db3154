import type { Server } from 'node:http';

/** Answers that are still being sent when a server closes get this long. */
const LEAVE_MS = 1_000;

/** Closes a server together with its connections: idle ones at once, the others when they are through or too slow. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => server.closeAllConnections(), LEAVE_MS);
    server.close(() => {
      clearTimeout(force);
      resolve();
    });
    server.closeIdleConnections();
  });
}
