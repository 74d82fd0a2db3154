import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ApiError } from '../../contract/errors.ts';
import type { ProcessIdentity } from '../../lib/process.ts';
import { validateHome } from '../../settings/home.ts';
import { refusal } from '../refusal.ts';
import type { RunningBuild } from './age.ts';

/** Where a daemon says that it listens. It may be gone: only an answer from it proves that it answers. */
export type DaemonAddress = ProcessIdentity & {
  readonly port: number;
  readonly token: string;
  readonly build: RunningBuild;
  /** A command started it in the background. */
  readonly isDetached: boolean;
};

/** A daemon that does not respond, and what it reports that it is doing. */
export type Transition = ProcessIdentity & { readonly doing: string };

/**
 * Reads `daemon.json` and the token next to it; null when no daemon has left its address. A file that cannot be
 * understood counts as stale: the next start writes it again.
 * @throws ApiError `home_unusable` when the folder is not fit for a home; `daemon_unreachable` when another user's daemon keeps its token from us.
 */
export async function locateDaemon(home: string): Promise<DaemonAddress | null> {
  refuseUnusable(home);
  const found = await readJson(path.join(home, 'daemon.json'));
  const known = identityIn(found);
  const port = found.port;
  if (known === null || !isWhole(port) || port > 65_535) return null;
  const token = await readIfThere(path.join(home, 'daemon-token'));
  if (token === null) return null;
  const { isDetached } = found;
  return {
    ...known,
    port,
    token: token.trim(),
    build: {
      version: textOr(found.version, '0.0.0'),
      commit: textOr(found.commit, null),
      installation: textOr(found.installation, null),
    },
    isDetached: isDetached === true,
  };
}

/** In a folder that others may change, the address and the token could be theirs. */
function refuseUnusable(home: string): void {
  const folder = validateHome(home);
  if (!folder.ok) throw new ApiError(0, folder.error);
}

/** A field of a file that another version may have written. */
const textOr = <Other>(value: unknown, other: Other): string | Other =>
  typeof value === 'string' ? value : other;

/**
 * Who starts or stops in this home, as far as it was noted; it may have ended meanwhile.
 * @throws ApiError as `locateDaemon` does.
 */
export async function readTransition(home: string): Promise<Transition | null> {
  refuseUnusable(home);
  const found = await readJson(path.join(home, 'daemon-transition.json'));
  const known = identityIn(found);
  return known === null || typeof found.doing !== 'string'
    ? null
    : { ...known, doing: found.doing };
}

type Fields = Readonly<Record<string, unknown>>;

/** Checked by hand: a library for it would cost every command more than the command itself. */
function identityIn({ pid, began }: Fields): ProcessIdentity | null {
  if (!isWhole(pid)) return null;
  if (began === undefined) return { pid, began };
  return typeof began === 'string' ? { pid, began } : null;
}

const isWhole = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) > 0;

/** The fields of a JSON object; none when the file is not there or holds something else. */
async function readJson(file: string): Promise<Fields> {
  const text = await readIfThere(file);
  if (text === null) return {};
  try {
    const json: unknown = JSON.parse(text);
    // Every object can be asked for a field; what comes back is unknown.
    return typeof json === 'object' && json !== null ? (json as Fields) : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    if (code === null || !(error instanceof Error)) throw error;
    if (code === 'EACCES' || code === 'EPERM') {
      throw refusal(
        'daemon_unreachable',
        `${file} is not readable by this user.`,
        'Run the command as the user who started Cerevisor, or set CEREVISOR_HOME to a folder of your own.',
      );
    }
    throw refusal(
      'home_unusable',
      `${file} cannot be read (${error.message}).`,
      'Move the existing file away, or set CEREVISOR_HOME to a folder that you own on a local disk.',
    );
  }
}
