import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ApiError } from '../../contract/errors.ts';
import type { ProcessIdentity } from '../../lib/process.ts';
import { validateHome } from '../../settings/home.ts';
import { commandError } from '../command-error.ts';
import type { RunningBuild } from './compare-builds.ts';

/** The recorded address of a daemon. The daemon may have exited; only a response proves that it is running. */
export type DaemonAddress = ProcessIdentity & {
  readonly port: number;
  readonly token: string;
  readonly build: RunningBuild;
  /** Whether a command started it in the background. */
  readonly isDetached: boolean;
};

/** A daemon that is starting or stopping, and what it recorded that it is doing. */
export type Transition = ProcessIdentity & { readonly doing: string };

/**
 * Reads `daemon.json` and the token next to it; null if there is no address. An invalid file counts as stale; the next
 * start replaces it.
 * @throws ApiError `home_unusable` if the folder cannot be used as home; `daemon_unreachable` if the token belongs to
 * another user and cannot be read
 */
export async function locateDaemon(home: string): Promise<DaemonAddress | null> {
  requireUsableHome(home);
  const fields = await readJson(path.join(home, 'daemon.json'));
  const identity = identityIn(fields);
  const port = fields.port;
  if (identity === null || !isPositiveInteger(port) || port > 65_535) return null;
  const token = await readIfExists(path.join(home, 'daemon-token'));
  if (token === null) return null;
  const { isDetached } = fields;
  return {
    ...identity,
    port,
    token: token.trim(),
    build: {
      version: textOr(fields.version, '0.0.0'),
      commit: textOr(fields.commit, null),
      installation: textOr(fields.installation, null),
    },
    isDetached: isDetached === true,
  };
}

/** In a folder that other users can write to, they could have replaced the address and the token. */
function requireUsableHome(home: string): void {
  const folder = validateHome(home);
  if (!folder.ok) throw new ApiError(0, folder.error);
}

/** Reads a text field that another version may have written differently. */
const textOr = <Other>(value: unknown, other: Other): string | Other =>
  typeof value === 'string' ? value : other;

/**
 * The daemon that is starting or stopping in this home, if one has recorded that; it may have ended meanwhile.
 * @throws ApiError as `locateDaemon` does
 */
export async function readTransition(home: string): Promise<Transition | null> {
  requireUsableHome(home);
  const fields = await readJson(path.join(home, 'daemon-transition.json'));
  const identity = identityIn(fields);
  return identity === null || typeof fields.doing !== 'string'
    ? null
    : { ...identity, doing: fields.doing };
}

type Fields = Readonly<Record<string, unknown>>;

/** Validated by hand, because loading a schema library would take longer than the command itself. */
function identityIn({ pid, began }: Fields): ProcessIdentity | null {
  if (!isPositiveInteger(pid)) return null;
  if (began === undefined) return { pid, began };
  return typeof began === 'string' ? { pid, began } : null;
}

const isPositiveInteger = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) > 0;

/** The fields of a JSON object; empty if the file is missing or contains something else. */
async function readJson(file: string): Promise<Fields> {
  const text = await readIfExists(file);
  if (text === null) return {};
  try {
    const json: unknown = JSON.parse(text);
    // The values of the fields are still unknown.
    return typeof json === 'object' && json !== null ? (json as Fields) : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

async function readIfExists(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    if (code === null || !(error instanceof Error)) throw error;
    if (code === 'EACCES' || code === 'EPERM') {
      throw commandError(
        'daemon_unreachable',
        `${file} is not readable by this user.`,
        'Run the command as the user who started Cerevisor, or set CEREVISOR_HOME to a folder of your own.',
      );
    }
    throw commandError(
      'home_unusable',
      `${file} cannot be read (${error.message}).`,
      'Move the existing file away, or set CEREVISOR_HOME to a folder that you own on a local disk.',
    );
  }
}
