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

/** The attempt that works in a folder of the person. */
export type LockOwner = {
  readonly key: string;
  readonly sessionId: string;
  readonly agentName: string;
};

export type FolderLocks = {
  /** @throws ExpectedFailure `folder_in_use`, when another attempt works in the folder, below it or above it */
  take(folder: string, owner: LockOwner): void;
  /** Of this owner; nothing happens when it holds none. */
  release(owner: Pick<LockOwner, 'key'>): void;
};

const lockSchema = z.object({
  folder: z.string(),
  key: z.string(),
  sessionId: z.string(),
  agentName: z.string(),
  /** Missing where an older version wrote it, which kept it in its own home alone. */
  home: z.string().optional(),
  process: z.object({ pid: z.number(), began: z.string().optional() }),
});
type Lock = z.infer<typeof lockSchema>;

/**
 * At most one attempt works in place in one real folder, whichever home it belongs to. Locks are files, so that other
 * runners see them: in the home, where a runner that takes over from an older version looks, and in a folder that all
 * homes of the user share. A lock whose process is gone counts no more.
 */
export function createFolderLocks(home: string, environment: Environment): FolderLocks {
  const own = join(home, 'local-runs', 'folder-locks');
  const held = new Set<string>();
  const isHeld = ({ key, process: holder }: Lock): boolean =>
    holder.pid === process.pid ? held.has(key) : isRunning(holder);
  const places = (): string[] => {
    mkdirSync(own, { recursive: true, mode: 0o700 });
    const shared = sharedPlace(environment);
    return shared === null ? [own] : [own, shared];
  };

  return {
    // Nothing is awaited in between, so two attempts of one runner cannot both take a folder. Of two runners, each writes
    // before it looks: never do both of them miss the other.
    take(folder, owner) {
      const among = places();
      const lock: Lock = { ...owner, folder, home, process: identityOf(process.pid) };
      for (const place of among)
        writeFileSync(fileIn(place, owner.key), JSON.stringify(lock), { mode: 0o600 });
      for (const other of among.flatMap(locksIn)) {
        if (other.key === owner.key) continue;
        if (!isHeld(other)) remove(among, other.key);
        else if (foldersOverlap(other.folder, folder)) {
          if (!held.has(owner.key)) remove(among, owner.key);
          throw inUse(folder, other, home);
        }
      }
      held.add(owner.key);
    },
    release({ key }) {
      if (held.delete(key)) remove(places(), key);
    },
  };
}

const fileIn = (place: string, key: string): string =>
  join(place, `${digest([key]).slice(0, 32)}.json`);

function remove(places: readonly string[], key: string): void {
  for (const place of places) rmSync(fileIn(place, key), { force: true });
}

/** In the user's cache, as nothing there outlives its process; null where none can be written, as for a service. */
function sharedPlace(environment: Environment): string | null {
  const place = join(cacheFolder(environment), 'cerevisor', 'folder-locks');
  try {
    mkdirSync(place, { recursive: true, mode: 0o700 });
    accessSync(place, constants.R_OK | constants.W_OK | constants.X_OK);
    return place;
  } catch {
    return null; // The lock then holds among the runners of this home, which can write their own.
  }
}

function cacheFolder({ HOME, LOCALAPPDATA, XDG_CACHE_HOME }: Environment): string {
  const user = HOME || homedir();
  switch (process.platform) {
    case 'win32':
      return LOCALAPPDATA || join(homedir(), 'AppData', 'Local');
    case 'darwin':
      return join(user, 'Library', 'Caches');
    default:
      // The specification says to ignore a path that is not absolute.
      return XDG_CACHE_HOME !== undefined && isAbsolute(XDG_CACHE_HOME)
        ? XDG_CACHE_HOME
        : join(user, '.cache');
  }
}

function locksIn(place: string): Lock[] {
  return readdirSync(place).flatMap((name) => {
    const parsed = lockSchema.safeParse(parseJson(readIfThere(join(place, name))));
    return parsed.success ? [parsed.data] : [];
  });
}

/** Another runner may release a lock at any moment. */
function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isNotFoundError(error)) return '';
    throw error;
  }
}

function inUse(folder: string, other: Lock, home: string): ExpectedFailure {
  const { folder: taken, agentName, sessionId } = other;
  const where = other.home === undefined || other.home === home ? '' : ` (of ${other.home})`;
  return new ExpectedFailure(
    'folder_in_use',
    `${agentName} of session ${shortId(sessionId)}${where} is working in ${taken === folder ? folder : `${taken}, which shares files with ${folder}`}.`,
    'Wait until it has finished, or let agents work in separate worktrees.',
  );
}
