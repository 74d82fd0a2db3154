import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { checkOut } from '../git/checkout.ts';
import type { MirrorCache } from '../git/mirror.ts';
import type { AgentRecord, AgentRepository } from '../store/records.ts';
import { machineWorkspace, pathInside, refuseLinksOut } from './inside.ts';

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

  /** Removes a file; it must be there. */
  async remove(path: string): Promise<void> {
    await rm(await this.#resolve(path));
  }

  /**
   * A file in the workspace. With several repositories the first folder names one of them, otherwise the first one
   * is meant. Nothing outside the workspace can be reached, not through `..` and not through links.
   */
  async #resolve(path: string): Promise<string> {
    const relative = pathInside(this.root, path);
    const named = this.repositories.some(({ directory }) => directory === relative.split('/')[0]);
    const target = join(this.root, named ? '' : (this.repositories[0]?.directory ?? ''), relative);
    await refuseLinksOut(this.root, target, path);
    return target;
  }
}
