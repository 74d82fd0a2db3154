import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ExpectedFailure } from '../../lib/expected-failure.ts';
import { overlap } from '../../lib/folders.ts';
import { identityOf, isRunning } from '../../lib/process.ts';
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
  process: z.object({ pid: z.number(), began: z.string().optional() }),
});
type Lock = z.infer<typeof lockSchema>;

/**
 * At most one attempt works in place in one real folder. Locks are files, so that a runner that takes over from another
 * one sees them; a lock whose process is gone counts no more.
 */
export function createFolderLocks(home: string): FolderLocks {
  const path = join(home, 'local-runs', 'folder-locks');
  const held = new Set<string>();
  const fileOf = (key: string): string => join(path, `${digest([key]).slice(0, 32)}.json`);
  const isHeld = ({ key, process: holder }: Lock): boolean =>
    holder.pid === process.pid ? held.has(key) : isRunning(holder);

  return {
    // Nothing is awaited in between, so two attempts of one runner cannot both take a folder.
    take(folder, owner) {
      mkdirSync(path, { recursive: true, mode: 0o700 });
      for (const lock of locksIn(path)) {
        if (lock.key === owner.key) continue;
        if (!isHeld(lock)) rmSync(fileOf(lock.key), { force: true });
        else if (overlap(lock.folder, folder)) throw inUse(folder, lock);
      }
      const lock: Lock = { ...owner, folder, process: identityOf(process.pid) };
      writeFileSync(fileOf(owner.key), JSON.stringify(lock), { mode: 0o600 });
      held.add(owner.key);
    },
    release({ key }) {
      if (held.delete(key)) rmSync(fileOf(key), { force: true });
    },
  };
}

function locksIn(path: string): Lock[] {
  return readdirSync(path).flatMap((name) => {
    const parsed = lockSchema.safeParse(jsonOf(readFileSync(join(path, name), 'utf8')));
    return parsed.success ? [parsed.data] : [];
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // Cut by a crash while it was written: whoever wrote it is gone.
  }
}

const inUse = (folder: string, { folder: taken, agentName, sessionId }: Lock): ExpectedFailure =>
  new ExpectedFailure(
    'folder_in_use',
    `${agentName} of session ${sessionId.slice(0, 8)} is working in ${taken === folder ? folder : `${taken}, which shares files with ${folder}`}.`,
    'Wait until it has finished, or let agents work in separate worktrees.',
  );
