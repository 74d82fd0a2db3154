import { existsSync } from 'node:fs';
import { replaceFile } from '../lib/durable-file.ts';
import { readFileIfExists } from '../lib/read-file-if-exists.ts';
import type { SocketServer } from './server/socket-server.ts';

/** By what daemons find a runner, and the runner itself. */
export type Reachability = {
  readonly server: Pick<SocketServer, 'listenAgain'>;
  readonly address: string;
  /** What they read before they connect. */
  readonly files: readonly { readonly path: string; readonly text: string }[];
};

/**
 * Puts back what someone took away or changed, as programs do that clean up old temporary files: the runner that has the
 * lock and cannot be reached would keep every other one away. Answers with the paths of what was missing.
 */
export async function stayReachable(reachability: Reachability): Promise<readonly string[]> {
  const { server, address, files } = reachability;
  const restored: string[] = [];
  if (process.platform !== 'win32' && !existsSync(address)) {
    await server.listenAgain(address);
    restored.push(address);
  }
  for (const { path, text } of files) {
    if (readFileIfExists(path) === text) continue;
    await replaceFile(path, text, { mode: 0o600 });
    restored.push(path);
  }
  return restored;
}
