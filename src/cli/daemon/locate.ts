import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { refusal } from '../refusal.ts';

/** Where a daemon says that it listens. It may be gone: only an answer from it proves that it runs. */
export type DaemonAddress = { readonly pid: number; readonly port: number; readonly token: string };

const daemonFileSchema = z.looseObject({
  pid: z.int().positive(),
  port: z.int().min(1).max(65535),
});

/**
 * Reads `daemon.json` and the token beside it; null when no daemon has left its address. A file that cannot be
 * understood counts as stale: the next start writes it anew.
 * @throws ApiError `daemon_unreachable` when another user's daemon keeps its token from us.
 */
export async function locateDaemon(home: string): Promise<DaemonAddress | null> {
  const text = await readIfThere(path.join(home, 'daemon.json'));
  const address = text === null ? null : parseAddress(text);
  if (address === null) return null;
  const token = await readIfThere(path.join(home, 'daemon-token'));
  return token === null ? null : { pid: address.pid, port: address.port, token: token.trim() };
}

function parseAddress(text: string): z.infer<typeof daemonFileSchema> | null {
  try {
    return daemonFileSchema.parse(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return null;
    throw error;
  }
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    if (code !== 'EACCES' && code !== 'EPERM') throw error;
    throw refusal(
      'daemon_unreachable',
      `${file} may not be read by this user.`,
      'Run the command as the user who started Cerevisor, or set CEREVISOR_HOME to a folder of your own.',
    );
  }
}

/** Whether a process with this id runs, ours or not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Ended, but not yet buried by its parent: in a container without an init process that may be never. */
function isZombie(pid: number): boolean {
  if (process.platform !== 'linux') return false;
  try {
    // The name stands in parentheses and may hold anything; the state is the first word after it.
    return /\) Z [^)]*$/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error) return error.code === 'ENOENT';
    throw error;
  }
}
