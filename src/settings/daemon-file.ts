import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { identityOf } from '../lib/process.ts';
import { readIfPresent, writeFileAtomically } from './atomic-file.ts';

const daemonInfoSchema = z.object({
  port: z.int().min(1).max(65_535),
  pid: z.int().positive(),
  /** Tells this process from a later one with its number. */
  began: z.string().optional(),
  /** Milliseconds since the epoch. */
  startedAt: z.number(),
  version: z.string(),
  /** Of a clone. */
  commit: z.string().nullable().optional(),
  /** The folder that the daemon was started from. */
  installation: z.string().optional(),
  /** A command started it in the background, and may start another one instead. */
  isDetached: z.boolean().optional(),
});

/** Where the daemon of a home folder can be reached. A hint: the journal's lock alone says who is running. */
export type DaemonInfo = z.infer<typeof daemonInfoSchema>;

const infoPath = (home: string): string => join(home, 'daemon.json');
const tokenPath = (home: string): string => join(home, 'daemon-token');

export const writeDaemonFile = (home: string, info: DaemonInfo): void =>
  writeFileAtomically(infoPath(home), `${JSON.stringify({ ...identityOf(info.pid), ...info })}\n`);

/** What the file says, or null when there is none that can be read: then no daemon can be reached. */
export const readDaemonFile = (home: string): DaemonInfo | null => {
  const text = readIfPresent(infoPath(home));
  if (text === null) return null;
  try {
    return daemonInfoSchema.parse(JSON.parse(text));
  } catch {
    // Edited by hand or by a version we do not know; the next start writes it again.
    return null;
  }
};

/** Removes the file of a daemon that stops, unless another one has taken its place already. */
export const removeDaemonFile = (home: string, pid: number): void => {
  if (readDaemonFile(home)?.pid === pid) rmSync(infoPath(home), { force: true });
};

/** Makes a new 256-bit token, stores it for the user's own programs (0600) and returns it. */
export const createDaemonToken = (home: string): string => {
  const token = randomBytes(32).toString('base64url');
  writeFileAtomically(tokenPath(home), `${token}\n`);
  return token;
};

const transitionPath = (home: string): string => join(home, 'daemon-transition.json');

/**
 * Says what a daemon does that does not answer yet, or no longer: without it a slow start looks like none. Only the
 * holder of the journal's lock may write it.
 */
export const noteTransition = (home: string, doing: string): void =>
  writeFileAtomically(
    transitionPath(home),
    `${JSON.stringify({ ...identityOf(process.pid), doing })}\n`,
  );

export const endTransition = (home: string): void => rmSync(transitionPath(home), { force: true });
