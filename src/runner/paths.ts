import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The runner's files below the home folder. */
export const runnerPaths = (home: string) => {
  const folder = join(home, 'local-runs');
  return {
    folder,
    /** One subfolder for each thread. */
    threads: join(folder, 'threads'),
    /** One subfolder for each harness. */
    harnessFiles: join(folder, 'harness-files'),
    lock: join(folder, 'runner-lock.db'),
    secret: join(folder, 'runner-secret'),
    /** Address of the runner that accepts new threads. */
    presence: join(folder, 'runner.json'),
    log: join(folder, 'runner.log'),
  };
};

/**
 * The size of a Unix socket path in the system's structures: 104 bytes on macOS, 108 on Linux, including the final
 * zero.
 */
const MAX_SOCKET_PATH_BYTES = 103;

/**
 * The address of a runner's socket: below the home if its path is short enough, otherwise in a private folder of the
 * user; a named pipe on Windows. `name` distinguishes the runners of one home.
 * @throws when the private folder belongs to another user
 */
export function socketAddress(home: string, name: string): string {
  const hash = createHash('sha256').update(home).digest('hex').slice(0, 16);
  if (process.platform === 'win32') return `\\\\.\\pipe\\cerevisor-${hash}-${name}`;
  const preferred = join(home, 'local-runs', `${name}.sock`);
  if (Buffer.byteLength(preferred) <= MAX_SOCKET_PATH_BYTES) return preferred;
  const user = process.getuid?.() ?? 0;
  const folder = join(process.env.XDG_RUNTIME_DIR ?? tmpdir(), `cerevisor-${user}`);
  ensurePrivate(folder, user);
  return join(folder, `${hash}-${name}.sock`);
}

/** Any user can create a folder with this name in the folder for temporary files. */
function ensurePrivate(folder: string, user: number): void {
  mkdirSync(folder, { mode: 0o700, recursive: true });
  const stats = lstatSync(folder);
  if (!stats.isDirectory() || stats.uid !== user || (stats.mode & 0o077) !== 0)
    throw new Error(
      `${folder} is not a private folder of this user, so no socket is created there.`,
    );
}
