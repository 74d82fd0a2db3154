import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { identityOf } from '../lib/process.ts';
import { readIfPresent, writeFileAtomically } from './atomic-file.ts';

const daemonInfoSchema = z.object({
  port: z.int().min(1).max(65_535),
  pid: z.int().positive(),
  /** Distinguishes this process from a later one with the same id. */
  began: z.string().optional(),
  /** Milliseconds since the epoch. */
  startedAt: z.number(),
  version: z.string(),
  /** Only when run from a clone. */
  commit: z.string().nullable().optional(),
  /** The folder that the daemon was started from. */
  installation: z.string().optional(),
  /** It was started in the background by a command, which may replace it with another one. */
  isDetached: z.boolean().optional(),
});

/** Where the daemon of a home folder can be reached. Only a hint: the journal's lock decides which daemon is running. */
export type DaemonInfo = z.infer<typeof daemonInfoSchema>;

const infoPath = (home: string): string => join(home, 'daemon.json');
const tokenPath = (home: string): string => join(home, 'daemon-token');

export const writeDaemonFile = (home: string, info: DaemonInfo): void =>
  writeFileAtomically(infoPath(home), `${JSON.stringify({ ...identityOf(info.pid), ...info })}\n`);

/** The content of the file; null if it is missing or invalid, so that no daemon can be reached. */
export const readDaemonFile = (home: string): DaemonInfo | null => {
  const text = readIfPresent(infoPath(home));
  if (text === null) return null;
  try {
    return daemonInfoSchema.parse(JSON.parse(text));
  } catch {
    // Edited by hand or written by an unknown version; the next start replaces it.
    return null;
  }
};

/** Removes the file of a daemon that stops, unless another daemon has already replaced it. */
export const removeDaemonFile = (home: string, pid: number): void => {
  if (readDaemonFile(home)?.pid === pid) rmSync(infoPath(home), { force: true });
};

/** Creates a 256-bit token, stores it so that only the user can read it (0600), and returns it. */
export const createDaemonToken = (home: string): string => {
  const token = randomBytes(32).toString('base64url');
  writeFileAtomically(tokenPath(home), `${token}\n`);
  return token;
};

const transitionPath = (home: string): string => join(home, 'daemon-transition.json');

/**
 * Records what a daemon is doing while it does not answer requests, during start and stop. Without it a slow start looks
 * like a failed one. Only the holder of the journal's lock may write it.
 */
export const writeTransition = (home: string, doing: string): void =>
  writeFileAtomically(
    transitionPath(home),
    `${JSON.stringify({ ...identityOf(process.pid), doing })}\n`,
  );

export const removeTransition = (home: string): void =>
  rmSync(transitionPath(home), { force: true });
