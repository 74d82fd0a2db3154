import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import picomatch from 'picomatch';
import { glob } from 'tinyglobby';
import { z } from 'zod';
import { runGitInUserRepository } from '../../../../lib/git.ts';
import { systemErrorCode } from '../../../../lib/system-error.ts';
import { defineTool } from './define-tool.ts';
import { done, type Tool, ToolError } from './tool.ts';
import type { WorkingFolder } from './working-folder.ts';

const MAX_FILES = 200;
const TIMEOUT_MS = 30_000;
/** Without git, these are left out. */
const SKIPPED = ['**/node_modules/**', '**/.git/**'];

export const globTool = (folder: WorkingFolder): Tool =>
  defineTool({
    name: 'glob',
    description:
      'Finds files by a pattern such as `src/**/*.ts`, most recently changed first. Files that git ignores are omitted.',
    category: 'read',
    isReadOnly: true,
    input: z.object({
      pattern: z.string().min(1).describe('The pattern; `**` matches any number of folders'),
      path: z
        .string()
        .min(1)
        .optional()
        .describe('The folder to search; the working folder by default'),
    }),
    permissionDetails: ({ path = '.' }) => ({ path }),
    run: async ({ pattern, path = '.' }, { signal }) => {
      const searchFolder = await folder.toRead(path);
      if (pattern.split('/').includes('..'))
        throw new ToolError('A pattern cannot contain `..`; pass the folder as path.');
      const names = await matching(searchFolder.path, pattern.replace(/^\.?\//, ''), signal);
      const recent = await newestFirst(searchFolder.path, names);
      const prefix = searchFolder.name === '.' ? '' : `${searchFolder.name}/`;
      const shown = recent.slice(0, MAX_FILES).map((name) => prefix + name);
      const rest = recent.length - shown.length;
      const more = rest > 0 ? [`(${rest} more files match. Use a narrower pattern.)`] : [];
      const text = shown.length === 0 ? 'No file matches.' : [...shown, ...more].join('\n');
      return done(text, { files: shown, totalFiles: recent.length });
    },
  });

async function matching(
  cwd: string,
  pattern: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const trackedFiles = await gitFiles(cwd, signal);
  if (trackedFiles === null)
    return glob(pattern, { cwd, ignore: SKIPPED, dot: true, followSymbolicLinks: false, signal });
  const isMatch = picomatch(pattern, { dot: true });
  return trackedFiles.filter((name) => isMatch(name));
}

/** Tracked files and untracked ones that are not ignored; null outside a repository. */
async function gitFiles(cwd: string, signal: AbortSignal): Promise<readonly string[] | null> {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];
  const trackedFiles = await runGitInUserRepository(args, {
    cwd,
    signal,
    timeoutMs: TIMEOUT_MS,
  }).catch((error: unknown) => {
    if (systemErrorCode(error) === 'ENOENT') return null; // Git is not installed.
    throw error;
  });
  if (trackedFiles === null || trackedFiles.exitCode !== 0) return null;
  return [...new Set(trackedFiles.stdout.split('\0').filter((name) => name !== ''))];
}

/** Files that no longer exist are left out. */
async function newestFirst(cwd: string, names: readonly string[]): Promise<readonly string[]> {
  const withTimes = await Promise.all(
    names.map(async (name) => {
      const stats = await stat(join(cwd, name)).catch(() => null); // Deleted, but still in the index.
      return stats === null ? [] : [{ name, changedAt: stats.mtimeMs }];
    }),
  );
  return withTimes
    .flat()
    .sort((one, other) => other.changedAt - one.changedAt || one.name.localeCompare(other.name))
    .map(({ name }) => name);
}
