import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where a runner keeps what it has, below the home folder. */
export const runnerPlaces = (home: string) => {
  const folder = join(home, 'local-runs');
  return {
    folder,
    /** One folder for each thread. */
    threads: join(folder, 'threads'),
    /** One folder for each harness. */
    harnessFiles: join(folder, 'harness-files'),
    lock: join(folder, 'runner-lock.db'),
    secret: join(folder, 'runner-secret'),
    /** Where the runner that takes new threads can be reached. */
    presence: join(folder, 'runner.json'),
    log: join(folder, 'runner.log'),
  };
};

/** A socket's path has a fixed place in the system's tables: 104 bytes on macOS, 108 on Linux, the closing zero included. */
const MAX_SOCKET_PATH_BYTES = 103;

/**
 * The address of a runner's socket: below the home where its path is short enough, otherwise in a private folder of the
 * user; a named pipe on Windows. `name` tells runners of one home apart.
 *
 * @throws when the private folder belongs to someone else
 */
export function socketAddress(home: string, name: string): string {
  const hash = createHash('sha256').update(home).digest('hex').slice(0, 16);
  if (process.platform === 'win32') return `\\\\.\\pipe\\cerevisor-${hash}-${name}`;
  const usual = join(home, 'local-runs', `${name}.sock`);
  if (Buffer.byteLength(usual) <= MAX_SOCKET_PATH_BYTES) return usual;
  const user = process.getuid?.() ?? 0;
  const folder = join(process.env.XDG_RUNTIME_DIR ?? tmpdir(), `cerevisor-${user}`);
  makePrivate(folder, user);
  return join(folder, `${hash}-${name}.sock`);
}

/** Everybody may make folders in the one for temporary files, also one with our name. */
function makePrivate(folder: string, user: number): void {
  mkdirSync(folder, { mode: 0o700, recursive: true });
  const found = lstatSync(folder);
  if (!found.isDirectory() || found.uid !== user || (found.mode & 0o077) !== 0)
    throw new Error(
      `${folder} is not a private folder of this user, so no socket is created there.`,
    );
}
