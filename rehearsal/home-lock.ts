import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ensureHome } from './home-folder.ts';

/** The address and process of a running rehearsal cloud, stored in `rehearsal.json`. */
export type InstanceInfo = { readonly port: number; readonly pid: number; readonly url: string };

export type HomeLock = {
  /** Writes `rehearsal.json` for programs that look for this process. */
  publish(instance: InstanceInfo): void;
  release(): void;
};

/** Another process holds the lock of this home folder. */
export class HomeInUse extends Error {
  override readonly name = 'HomeInUse';
  readonly instance: InstanceInfo | undefined;

  constructor(home: string, instance: InstanceInfo | undefined) {
    const where = instance === undefined ? '' : ` at ${instance.url} (process ${instance.pid})`;
    super(`A rehearsal cloud is already running for ${home}${where}`);
    this.instance = instance;
  }
}

/**
 * Locks the home folder for this process. Throws `HomeInUse` or `HomeUnusable`. The lock is an open SQLite transaction:
 * the system releases it when the process ends, however that happens, so no stale lock can remain.
 */
export function lockHome(home: string): HomeLock {
  ensureHome(home);
  const lock = new DatabaseSync(join(home, 'lock.db'));
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (error instanceof Error && /locked/.test(error.message)) {
      throw new HomeInUse(home, readInstance(home));
    }
    throw error;
  }
  const file = instanceFile(home);
  return {
    publish: (instance) => {
      // Other programs poll this file, so it is replaced atomically.
      writeFileSync(`${file}.part`, `${JSON.stringify(instance)}\n`, { mode: 0o600 });
      renameSync(`${file}.part`, file);
    },
    release: () => {
      rmSync(file, { force: true });
      lock.close();
    },
  };
}

const instanceFile = (home: string): string => join(home, 'rehearsal.json');

export function readInstance(home: string): InstanceInfo | undefined {
  try {
    // Written only by `publish`.
    return JSON.parse(readFileSync(instanceFile(home), 'utf8')) as InstanceInfo;
  } catch {
    return undefined; // Not published yet, or not readable.
  }
}
