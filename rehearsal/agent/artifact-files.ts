import { createHash } from 'node:crypto';
import { copyFile, lstat, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { Clock } from '../clock.ts';
import type { AgentId } from '../ids.ts';
import type { ArtifactRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';

/** Stores artifacts. The names of artifacts never become paths: the bytes are in files named by a hash. */
export class ArtifactFiles {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #folder: string;

  constructor(store: Store, clock: Clock, folder: string) {
    this.#store = store;
    this.#clock = clock;
    this.#folder = folder;
  }

  async putText(agentId: AgentId, name: string, text: string): Promise<ArtifactRecord> {
    const storageFile = await this.#storagePath(agentId, name);
    await writeFile(storageFile, text);
    return this.#record(agentId, name, { sizeBytes: Buffer.byteLength(text), storageFile });
  }

  /** An artifact that takes no space: its bytes are generated during the download. */
  putGenerated(agentId: AgentId, name: string, sizeBytes: number): ArtifactRecord {
    return this.#record(agentId, name, { sizeBytes });
  }

  /** Stores the files that a command left in the agent's artifacts folder. */
  async collect(agentId: AgentId, folder: string): Promise<void> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    for (const entry of entries) {
      if (!entry.isFile()) continue;
      const source = join(entry.parentPath, entry.name);
      const name = source
        .slice(folder.length + 1)
        .split(sep)
        .join('/');
      const { size, mtimeMs } = await lstat(source);
      const known = this.#store.artifacts.find(agentId, `artifacts/${name}`);
      if (known !== undefined && known.sourceModifiedMs === mtimeMs) continue;
      const storageFile = await this.#storagePath(agentId, name);
      await copyFile(source, storageFile);
      const file = { sizeBytes: size, storageFile, sourceModifiedMs: mtimeMs };
      this.#record(agentId, name, file);
    }
  }

  async #storagePath(agentId: AgentId, name: string): Promise<string> {
    const folder = join(this.#folder, agentId);
    await mkdir(folder, { recursive: true });
    return join(folder, createHash('sha256').update(name).digest('hex').slice(0, 40));
  }

  #record(
    agentId: AgentId,
    name: string,
    content: Pick<ArtifactRecord, 'sizeBytes' | 'storageFile' | 'sourceModifiedMs'>,
  ): ArtifactRecord {
    const artifact = {
      agentId,
      path: `artifacts/${name}`,
      updatedAtMs: this.#clock.now(),
      ...content,
    };
    this.#store.artifacts.put(artifact);
    return artifact;
  }
}
