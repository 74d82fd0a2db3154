import {
  accessSync,
  constants,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { z } from 'zod';
import { ExpectedFailure } from '../../lib/expected-failure.ts';
import { foldersOverlap } from '../../lib/folders.ts';
import { shortId } from '../../lib/format.ts';
import type { Environment } from '../../lib/git.ts';
import { parseJson } from '../../lib/json.ts';
import { identityOf, isRunning } from '../../lib/process.ts';
import { isNotFoundError } from '../../lib/system-error.ts';
import { digest } from './names.ts';

/** The attempt that works in place in a folder of the user. */
export type LockOwner = {
  readonly key: string;
  readonly sessionId: string;
  readonly agentName: string;
};

export type FolderLocks = {
  /** @throws ExpectedFailure `folder_in_use` if another attempt works in the folder, or in one above or below it */
  acquire(folder: string, owner: LockOwner): void;
  /** Releases the lock of this owner, if it holds one. */
  release(owner: Pick<LockOwner, 'key'>): void;
};

const lockSchema = z.object({
  folder: z.string(),
  key: z.string(),
  sessionId: z.string(),
  agentName: z.string(),
  /** Missing in locks of older versions, which were only in their own home. */
  home: z.string().optional(),
  process: z.object({ pid: z.number(), began: z.string().optional() }),
});
type Lock = z.infer<typeof lockSchema>;

/**
 * Allows at most one attempt at a time in a folder, across all homes of the user. Locks are files, so that other
 * runners see them: one in the home, for a runner that takes over from an older version, and one in a folder shared by
 * all homes. A lock whose process has exited is ignored.
 */
export function createFolderLocks(home: string, environment: Environment): FolderLocks {
  const own = join(home, 'local-runs', 'folder-locks');
  const held = new Set<string>();
  const isHeld = ({ key, process: owner }: Lock): boolean =>
    owner.pid === process.pid ? held.has(key) : isRunning(owner);
  const lockFolders = (): string[] => {
    mkdirSync(own, { recursive: true, mode: 0o700 });
    const shared = sharedLockFolder(environment);
    return shared === null ? [own] : [own, shared];
  };

  return {
    // Synchronous, so two attempts of one runner cannot both take a folder. Two runners each write their lock before
    // they read the others', so at least one of them sees the conflict.
    acquire(folder, owner) {
      const folders = lockFolders();
      const lock: Lock = { ...owner, folder, home, process: identityOf(process.pid) };
      for (const lockFolder of folders)
        writeFileSync(fileIn(lockFolder, owner.key), JSON.stringify(lock), { mode: 0o600 });
      for (const other of folders.flatMap(locksIn)) {
        if (other.key === owner.key) continue;
        if (!isHeld(other)) remove(folders, other.key);
        else if (foldersOverlap(other.folder, folder)) {
          if (!held.has(owner.key)) remove(folders, owner.key);
          throw inUse(folder, other, home);
        }
      }
      held.add(owner.key);
    },
    release({ key }) {
      if (held.delete(key)) remove(lockFolders(), key);
    },
  };
}

const fileIn = (lockFolder: string, key: string): string =>
  join(lockFolder, `${digest([key]).slice(0, 32)}.json`);

function remove(lockFolders: readonly string[], key: string): void {
  for (const lockFolder of lockFolders) rmSync(fileIn(lockFolder, key), { force: true });
}

/**
 * In the user's cache folder, because locks need not survive a restart; null where it is not writable, as for some
 * services.
 */
function sharedLockFolder(environment: Environment): string | null {
  const lockFolder = join(cacheFolder(environment), 'cerevisor', 'folder-locks');
  try {
    mkdirSync(lockFolder, { recursive: true, mode: 0o700 });
    accessSync(lockFolder, constants.R_OK | constants.W_OK | constants.X_OK);
    return lockFolder;
  } catch {
    return null; // The lock then applies only to runners of this home.
  }
}

function cacheFolder({ HOME, LOCALAPPDATA, XDG_CACHE_HOME }: Environment): string {
  const userHome = HOME || homedir();
  switch (process.platform) {
    case 'win32':
      return LOCALAPPDATA || join(homedir(), 'AppData', 'Local');
    case 'darwin':
      return join(userHome, 'Library', 'Caches');
    default:
      // The XDG specification requires relative paths to be ignored.
      return XDG_CACHE_HOME !== undefined && isAbsolute(XDG_CACHE_HOME)
        ? XDG_CACHE_HOME
        : join(userHome, '.cache');
  }
}

function locksIn(lockFolder: string): Lock[] {
  return readdirSync(lockFolder).flatMap((name) => {
    const parsed = lockSchema.safeParse(parseJson(readIfThere(join(lockFolder, name))));
    return parsed.success ? [parsed.data] : [];
  });
}

/** Another runner may release a lock at any time. */
function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isNotFoundError(error)) return '';
    throw error;
  }
}

function inUse(folder: string, other: Lock, home: string): ExpectedFailure {
  const { folder: lockedFolder, agentName, sessionId } = other;
  const otherHome = other.home === undefined || other.home === home ? '' : ` (of ${other.home})`;
  return new ExpectedFailure(
    'folder_in_use',
    `${agentName} of session ${shortId(sessionId)}${otherHome} is working in ${lockedFolder === folder ? folder : `${lockedFolder}, which shares files with ${folder}`}.`,
    'Wait until it has finished, or let agents work in separate worktrees.',
  );
}
