import { constants } from 'node:fs';
import { access, mkdtemp, realpath, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FolderFacts, LocalMachine } from '../engine/start/local-machine.ts';
import {
  type Environment,
  type GitResult,
  queryUserRepository,
  runGitInOwnRepository,
} from '../lib/git.ts';
import { gitMessage } from '../lib/git-client.ts';
import { publishFolder } from '../lib/publish-folder.ts';
import { systemErrorCode, systemErrorReason } from '../lib/system-error.ts';
import { sandboxSupport } from '../runner/harness/cursor-local/sandbox.ts';
import { repositoryKey } from '../workflow/repository-url.ts';
import { ensureSampleShop, SAMPLE_SHOP_URL } from './sample-shop.ts';

/** In a very large repository, `git status` may take longer; uncommitted files are not counted then. */
const STATUS_TIMEOUT_MS = 10_000;

/** Inspects a folder of the user. It only reads: it changes nothing, and runs no hooks. */
export async function inspectFolder(
  folder: string,
  environment: Environment = process.env,
): Promise<FolderFacts> {
  const resolved = await resolveFolder(folder);
  if (typeof resolved !== 'string') return resolved;
  const plain = { kind: 'plain', path: resolved, isWritable: await isWritable(resolved) } as const;
  const git = (...args: string[]): Promise<GitResult> =>
    queryUserRepository(['-c', 'core.fsmonitor=false', ...args], {
      cwd: resolved,
      environment,
      timeoutMs: STATUS_TIMEOUT_MS,
    });
  const query = async (...args: string[]): Promise<string | null> => {
    const { exitCode, stdout } = await git(...args);
    return exitCode === 0 ? stdout : null;
  };
  try {
    const result = await git('rev-parse', '--show-toplevel');
    const gitProblem = problemIn(result);
    if (gitProblem !== null) return { ...plain, gitProblem };
    const top = result.exitCode === 0 ? result.stdout.replace(/\r?\n$/, '') : '';
    if (top === '') return plain;
    const [head, branch, changed, remoteUrl] = await Promise.all([
      query('rev-parse', '--verify', '--quiet', 'HEAD'),
      query('symbolic-ref', '--quiet', '--short', 'HEAD'),
      query('status', '--porcelain=v1', '-z', '--no-renames'),
      query('remote', 'get-url', '--', 'origin'),
    ]);
    return {
      ...plain,
      kind: 'repository',
      root: await realpath(top),
      head: trimmed(head),
      branch: trimmed(branch),
      uncommittedFiles: changed === null ? 0 : changed.split('\0').filter(Boolean).length,
      remoteUrl: trimmed(remoteUrl),
    };
  } catch (error) {
    // Git is not installed, which a separate check reports.
    if (systemErrorCode(error) === 'ENOENT') return plain;
    throw error;
  }
}

/** Why git cannot work in the repository; null if it can, or if there is no repository. */
function problemIn(result: GitResult): string | null {
  if (result.exitCode === 0 || /not a git repository/i.test(result.stderr)) return null;
  if (/must be run in a work tree/i.test(result.stderr))
    return 'it is a bare repository, so it has no files to work on';
  const [first = ''] = gitMessage(result).split('\n');
  return first.replace(/^fatal: /, '');
}

const trimmed = (text: string | null): string | null => {
  const value = text?.trim() ?? '';
  return value === '' ? null : value;
};

async function resolveFolder(folder: string): Promise<string | FolderFacts> {
  try {
    const path = await realpath(folder);
    if (!(await stat(path)).isDirectory()) return { kind: 'missing', reason: 'it is not a folder' };
    await access(path, constants.R_OK | constants.X_OK);
    return path;
  } catch (error) {
    const code = systemErrorCode(error);
    const reason =
      code === 'ENOENT' || code === 'ENOTDIR'
        ? 'it does not exist'
        : code === 'EACCES' || code === 'EPERM'
          ? 'you may not read it'
          : systemErrorReason(error);
    return { kind: 'missing', reason };
  }
}

async function isWritable(folder: string): Promise<boolean> {
  return access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
}

/** Path of the user's clone of the sample repository, to which results can be applied. */
export const sampleClonePath = (home: string): string => join(home, 'sample-shop');

/** Clones the sample repository if it is one of these addresses. @throws if git is not installed */
export async function sampleClone(
  home: string,
  urls: readonly string[],
  environment: Environment = process.env,
): Promise<string | null> {
  if (!urls.some((url) => repositoryKey(url) === repositoryKey(SAMPLE_SHOP_URL))) return null;
  const path = sampleClonePath(home);
  if ((await inspectFolder(path, environment)).kind === 'repository') return path;
  const bare = await ensureSampleShop(home, environment);
  const work = await mkdtemp(join(home, '.sample-shop-'));
  try {
    const folder = join(work, 'shop');
    const { exitCode, stderr } = await runGitInOwnRepository(
      ['clone', '--quiet', '--', bare, folder],
      {
        cwd: work,
        environment,
      },
    );
    if (exitCode !== 0) throw new Error(`The sample could not be cloned: ${stderr.trim()}`);
    await publishFolder(folder, path);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return path;
}

/** The engine's access to this machine. */
export function localMachine(options: {
  readonly home: string;
  readonly installationFolder: string;
  readonly environment: Environment;
}): LocalMachine {
  const { home, environment } = options;
  return {
    examine: (folder) => inspectFolder(folder, environment),
    async sandbox() {
      const support = await sandboxSupport();
      return support.isSupported
        ? { isAvailable: true }
        : { isAvailable: false, reason: support.reason };
    },
    // On other systems, the free memory does not include reclaimable memory.
    freeMemoryBytes: () => (process.platform === 'linux' ? process.availableMemory() : null),
    obstacles: () => missingPrograms(home, environment),
    sampleFolder: (urls) => sampleClone(home, urls, environment),
    installationFolder: options.installationFolder,
    home,
  };
}

/** Missing programs without which no agent can run on this machine. */
async function missingPrograms(
  home: string,
  environment: Environment,
): Promise<Awaited<ReturnType<LocalMachine['obstacles']>>> {
  try {
    await queryUserRepository(['--version'], { cwd: home, environment });
    return [];
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
    return [
      {
        code: 'git_missing',
        message: "Agents on this machine need git, but it is not on Cerevisor's PATH.",
        suggestion: 'Install git, then restart Cerevisor: `cerevisor stop`, `cerevisor start`.',
      },
    ];
  }
}
