import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { folderStorePath } from '../../lib/folder-store.ts';
import { type Git, gitIn } from '../../lib/git-client.ts';
import { gitContextOf, type WorkspaceContext } from './workspace-context.ts';

/** Excluded in folders without a `.gitignore`. */
const EXCLUDED = ['.git/', 'node_modules/', '.venv/', '__pycache__/', '.DS_Store', 'Thumbs.db'];

/** Opens git with a separate bare repository whose working tree is a folder without git. */
export async function openFolderStore(
  context: WorkspaceContext,
  folder: string,
  signal?: AbortSignal,
): Promise<{ readonly git: Git; readonly path: string }> {
  const path = folderStorePath(context.home, folder);
  await context.runExclusive(path, async () => {
    if (!existsSync(path)) await createStore(context, path, signal);
  });
  const location = { owner: 'cerevisor', folder: path, workTree: folder } as const;
  return { git: gitIn(location, gitContextOf(context, signal)), path };
}

async function createStore(
  context: WorkspaceContext,
  path: string,
  signal?: AbortSignal,
): Promise<void> {
  const parent = dirname(path);
  await mkdir(parent, { recursive: true, mode: 0o700 });
  const unfinished = `${path}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished);
  const git = gitIn({ owner: 'cerevisor', folder: unfinished }, gitContextOf(context, signal));
  await git.run(['init', '--quiet', '--bare', unfinished]);
  await mkdir(join(unfinished, 'info'), { recursive: true });
  await writeFile(join(unfinished, 'info', 'exclude'), `${EXCLUDED.join('\n')}\n`);
  await git.run(['config', 'core.bare', 'false']);
  // Renamed last, so that a crash leaves no incomplete repository.
  await rename(unfinished, path);
}
