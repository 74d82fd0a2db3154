import { existsSync } from 'node:fs';
import { replaceFile } from '../lib/durable-file.ts';
import { readFileIfExists } from '../lib/read-file-if-exists.ts';
import type { SocketServer } from './server/socket-server.ts';

/** How daemons find a runner, and the runner itself. */
export type RunnerEndpoint = {
  readonly server: Pick<SocketServer, 'reopen'>;
  readonly address: string;
  /** Read before connecting. */
  readonly files: readonly { readonly path: string; readonly text: string }[];
};

/**
 * Restores the socket and files that were removed or changed, for example by a cleaner of temporary files: a runner
 * that holds the lock and cannot be reached would block every other one. Returns the restored paths.
 */
export async function restoreEndpoint(endpoint: RunnerEndpoint): Promise<readonly string[]> {
  const { server, address, files } = endpoint;
  const restored: string[] = [];
  if (process.platform !== 'win32' && !existsSync(address)) {
    await server.reopen(address);
    restored.push(address);
  }
  for (const { path, text } of files) {
    if (readFileIfExists(path) === text) continue;
    await replaceFile(path, text, { mode: 0o600 });
    restored.push(path);
  }
  return restored;
}
