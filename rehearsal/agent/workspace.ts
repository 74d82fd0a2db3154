import { existsSync } from 'node:fs';
import { lstat, mkdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { dirname, join, posix, sep } from 'node:path';
import { checkOut } from '../git/checkout.ts';
import type { MirrorCache } from '../git/mirror.ts';
import type { AgentRecord, AgentRepository } from '../store/records.ts';

/** Where the workspace and the artifacts lie inside Cursor's machines. */
const machineWorkspace = '/workspace';
export const machineArtifacts = '/opt/cursor/artifacts';

/** The agent asked for a file it may not touch. */
export class WorkspaceError extends Error {
  override readonly name = 'WorkspaceError';
}

/** An agent's own folder: its clones, and the folder whose files become artifacts. */
export class Workspace {
  readonly root: string;
  readonly artifactsFolder: string;
  readonly repositories: readonly AgentRepository[];
  readonly #agentFolder: string;

  constructor(agentFolder: string, repositories: readonly AgentRepository[]) {
    this.#agentFolder = agentFolder;
    this.root = join(agentFolder, 'workspace');
    this.artifactsFolder = join(agentFolder, 'artifacts');
    this.repositories = repositories;
  }

  static of(home: string, agent: AgentRecord): Workspace {
    return new Workspace(join(home, 'agents', agent.id), agent.repositories);
  }

  /** Clones what is not there yet. A clone that a crash cut off has no mark and is made again. */
  async prepare(mirrors: MirrorCache, signal: AbortSignal): Promise<void> {
    await mkdir(this.root, { recursive: true });
    await mkdir(this.artifactsFolder, { recursive: true });
    for (const [index, repository] of this.repositories.entries()) {
      const mark = join(this.#agentFolder, `cloned-${index}`);
      if (existsSync(mark)) continue;
      const { location, baseRef, workBranch } = repository;
      const mirror = await mirrors.refresh(location, baseRef, signal);
      const folder = this.folderOf(repository);
      await checkOut({ location, mirror, folder, baseRef, workBranch, signal });
      await writeFile(mark, '');
    }
  }

  folderOf(repository: AgentRepository): string {
    return join(this.root, repository.directory);
  }

  /** The path as it would be inside Cursor's machine. */
  machinePath(path: string): string {
    return posix.join(machineWorkspace, path);
  }

  async read(path: string): Promise<string> {
    return readFile(await this.#resolve(path), 'utf8');
  }

  async write(path: string, text: string): Promise<void> {
    const target = await this.#resolve(path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, text);
  }

  /**
   * A file in the workspace. With several repositories the first folder names one of them, else the first one
   * is meant. Nothing outside the workspace can be reached, not through `..` and not through links.
   */
  async #resolve(path: string): Promise<string> {
    const relative = posix.normalize(
      path.startsWith(`${machineWorkspace}/`) ? path.slice(machineWorkspace.length + 1) : path,
    );
    const parts = relative.split(/[\\/]/);
    if (posix.isAbsolute(relative) || parts.includes('..') || relative.includes('\0')) {
      throw new WorkspaceError(`${path} is outside of the workspace`);
    }
    if (parts.some((part) => part.toLowerCase() === '.git')) {
      throw new WorkspaceError(`${path} belongs to git`);
    }
    const named = this.repositories.some(({ directory }) => directory === parts[0]);
    const target = join(this.root, named ? '' : (this.repositories[0]?.directory ?? ''), relative);
    // Checked on the part that exists before anything is made: a linked folder would lead elsewhere.
    const realRoot = await realpath(this.root);
    const realFolder = await realpath(await nearestExisting(dirname(target)));
    const isLink = (await lstat(target).catch(() => undefined))?.isSymbolicLink() ?? false;
    if (isLink || !`${realFolder}${sep}`.startsWith(`${realRoot}${sep}`)) {
      throw new WorkspaceError(`${path} leads out of the workspace`);
    }
    return target;
  }
}

async function nearestExisting(folder: string): Promise<string> {
  const exists = (await lstat(folder).catch(() => undefined)) !== undefined;
  return exists ? folder : nearestExisting(dirname(folder));
}
