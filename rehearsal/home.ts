import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { makeHome } from './home-folder.ts';

/** Where a running rehearsal cloud is to be found. */
export type Presence = { readonly port: number; readonly pid: number; readonly url: string };

export type TakenHome = {
  /** Writes down where this process is to be found. */
  announce(presence: Presence): void;
  release(): void;
};

/** Another process has this home. */
export class HomeInUse extends Error {
  override readonly name = 'HomeInUse';
  readonly presence: Presence | undefined;

  constructor(home: string, presence: Presence | undefined) {
    const where = presence === undefined ? '' : ` at ${presence.url} (process ${presence.pid})`;
    super(`A rehearsal cloud is already running for ${home}${where}`);
    this.presence = presence;
  }
}

/**
 * Takes the home for this process. Throws `HomeInUse` or `HomeUnusable`. The lock is a transaction that is never finished: the system drops it with
 * the process, however that ends, so no stale lock can stay behind.
 */
export function takeHome(home: string): TakenHome {
  makeHome(home);
  const lock = new DatabaseSync(join(home, 'lock.db'));
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (error instanceof Error && /locked/.test(error.message)) {
      throw new HomeInUse(home, readPresence(home));
    }
    throw error;
  }
  const file = presenceFile(home);
  return {
    announce: (presence) => {
      // Programs wait for this file: they must never read half of it.
      writeFileSync(`${file}.part`, `${JSON.stringify(presence)}\n`, { mode: 0o600 });
      renameSync(`${file}.part`, file);
    },
    release: () => {
      rmSync(file, { force: true });
      lock.close();
    },
  };
}

const presenceFile = (home: string): string => join(home, 'rehearsal.json');

export function readPresence(home: string): Presence | undefined {
  try {
    // Written by `announce` alone.
    return JSON.parse(readFileSync(presenceFile(home), 'utf8')) as Presence;
  } catch {
    return undefined; // Not announced yet, or cut off while it was written: there is nothing to show.
  }
}
