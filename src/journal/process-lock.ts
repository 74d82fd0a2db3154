import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { acquireExclusiveLock } from '../lib/exclusive-lock.ts';
import { diskTrouble } from './disk-trouble.ts';
import type { OpenFailure } from './types.ts';

export type LockResult =
  | { readonly ok: true; readonly release: () => void }
  | { readonly ok: false; readonly failure: OpenFailure };

const daemonFile = z.object({ pid: z.number(), port: z.number() });

/** Describes the holder of the lock, according to its `daemon.json`. It is only a hint; the lock itself decides. */
const describeHolder = (daemonPath: string): string => {
  try {
    const { pid, port } = daemonFile.parse(JSON.parse(readFileSync(daemonPath, 'utf8')));
    return ` (process ${pid}, http://127.0.0.1:${port})`;
  } catch {
    // Missing or incomplete: the holder is starting or stopping.
    return '';
  }
};

/** Takes the lock that makes this process the only writer of a home folder; see `acquireExclusiveLock`. */
export const acquireLock = (lockPath: string, daemonPath: string): LockResult => {
  try {
    const lock = acquireExclusiveLock(lockPath);
    return lock === null
      ? { ok: false, failure: lockedFailure(daemonPath) }
      : { ok: true, release: lock.release };
  } catch (error) {
    const trouble = diskTrouble(error);
    if (trouble === null) throw error;
    const code = trouble.code === 'damaged' ? 'io_error' : trouble.code;
    const suggestion =
      trouble.code === 'damaged' ? `Delete ${lockPath}: it contains no data.` : trouble.suggestion;
    return { ok: false, failure: { code, message: trouble.message, suggestion } };
  }
};

const lockedFailure = (daemonPath: string): OpenFailure => ({
  code: 'locked',
  message: `Cerevisor is already running for this folder${describeHolder(daemonPath)}.`,
  // Programs authenticate with the token file; without it, only a signal can stop the process.
  suggestion:
    'Use the running one, or stop it with `cerevisor stop`. If that does not find it, its daemon-token file is missing or changed: end the process (`kill PID`) and start Cerevisor again; agents continue.',
});
