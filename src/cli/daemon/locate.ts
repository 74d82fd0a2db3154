import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { ProcessIdentity } from '../../files/process.ts';
import { ApiError } from '../../server/contract/errors.ts';
import { judgeHome } from '../../settings/home.ts';
import { refusal } from '../refusal.ts';

/** Where a daemon says that it listens. It may be gone: only an answer from it proves that it answers. */
export type DaemonAddress = ProcessIdentity & { readonly port: number; readonly token: string };

/** A daemon that does not answer yet, or no longer, and what it says that it does. */
export type Transition = ProcessIdentity & { readonly doing: string };

const processSchema = { pid: z.int().positive(), began: z.string().optional() };
const daemonFileSchema = z.looseObject({ ...processSchema, port: z.int().min(1).max(65535) });
const transitionSchema = z.looseObject({ ...processSchema, doing: z.string() });

/**
 * Reads `daemon.json` and the token beside it; null when no daemon has left its address. A file that cannot be
 * understood counts as stale: the next start writes it anew.
 * @throws ApiError `home_unusable` when the folder is not fit for a home; `daemon_unreachable` when another user's daemon keeps its token from us.
 */
export async function locateDaemon(home: string): Promise<DaemonAddress | null> {
  // In a folder that others may change, the address and the token could be theirs.
  const folder = judgeHome(home);
  if (!folder.ok) throw new ApiError(0, folder.error);
  const address = await readJson(path.join(home, 'daemon.json'), daemonFileSchema);
  if (address === null) return null;
  const token = await readIfThere(path.join(home, 'daemon-token'));
  if (token === null) return null;
  return { pid: address.pid, began: address.began, port: address.port, token: token.trim() };
}

/** Who starts or stops in this home, as far as it was noted; it may have ended meanwhile. */
export const readTransition = (home: string): Promise<Transition | null> =>
  readJson(path.join(home, 'daemon-transition.json'), transitionSchema);

async function readJson<Shape extends z.ZodType>(
  file: string,
  schema: Shape,
): Promise<z.output<Shape> | null> {
  const text = await readIfThere(file);
  if (text === null) return null;
  try {
    return schema.parse(JSON.parse(text));
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
