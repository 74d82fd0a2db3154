import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { checkOut } from '../git/checkout.ts';
import type { MirrorCache } from '../git/mirror.ts';
import type { AgentRecord, AgentRepository } from '../store/records.ts';
import { machineWorkspace, pathInside, rejectOutgoingLinks } from './workspace-path.ts';

/** The folder of one agent: its clones, and the folder whose files become artifacts. */
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

  /** Creates missing clones. A clone that a crash interrupted has no marker file and is created again. */
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

  /** The path as it would be on Cursor's machines. */
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

  /** Removes a file; throws if it does not exist. */
  async remove(path: string): Promise<void> {
    await rm(await this.#resolve(path));
  }

  /**
   * Resolves a path in the workspace. With several repositories, the first folder may name one of them; otherwise the
   * path is in the first repository. Paths outside the workspace, through `..` or through links, are rejected.
   */
  async #resolve(path: string): Promise<string> {
    const relative = pathInside(this.root, path);
    const named = this.repositories.some(({ directory }) => directory === relative.split('/')[0]);
    const target = join(this.root, named ? '' : (this.repositories[0]?.directory ?? ''), relative);
    await rejectOutgoingLinks(this.root, target, path);
    return target;
  }
}
