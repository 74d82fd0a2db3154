import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { folderStorePath } from '../../lib/folder-store.ts';
import { type Git, gitIn } from '../../lib/git-client.ts';
import { contextOf, type Room } from './room.ts';

/** What no one means by the content of a folder, where no `.gitignore` says so. */
const NO_WORK = ['.git/', 'node_modules/', '.venv/', '__pycache__/', '.DS_Store', 'Thumbs.db'];

/** Git with a bare repository of ours, and a folder without git as its working tree. */
export async function openFolderStore(
  room: Room,
  folder: string,
  signal?: AbortSignal,
): Promise<{ readonly git: Git; readonly path: string }> {
  const path = folderStorePath(room.home, folder);
  await room.inTurn(path, async () => {
    if (!existsSync(path)) await makeStore(room, path, signal);
  });
  const place = { owner: 'cerevisor', folder: path, workTree: folder } as const;
  return { git: gitIn(place, contextOf(room, signal)), path };
}

async function makeStore(room: Room, path: string, signal?: AbortSignal): Promise<void> {
  const parent = dirname(path);
  await mkdir(parent, { recursive: true, mode: 0o700 });
  const unfinished = `${path}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished);
  const git = gitIn({ owner: 'cerevisor', folder: unfinished }, contextOf(room, signal));
  await git.run(['init', '--quiet', '--bare', unfinished]);
  await mkdir(join(unfinished, 'info'), { recursive: true });
  await writeFile(join(unfinished, 'info', 'exclude'), `${NO_WORK.join('\n')}\n`);
  await git.run(['config', 'core.bare', 'false']);
  // Renamed as the last step: a crash in between leaves no half repository behind.
  await rename(unfinished, path);
}
