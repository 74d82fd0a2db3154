import { createHash, type Hash, randomBytes } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { renameDurably } from '../lib/durable-file.ts';

export const PART_PREFIX = '.part-';

/** A download in progress: a temporary file next to the target, with the hash of its content so far. */
export class PartFile implements AsyncDisposable {
  readonly #path: string;
  readonly #file: FileHandle;
  #hash: Hash = createHash('sha256');
  #sizeBytes = 0;
  #isCommitted = false;

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  /** Creates a file that only its owner can read; fails if the path exists. */
  static async create(directory: string): Promise<PartFile> {
    const path = join(directory, PART_PREFIX + randomBytes(8).toString('hex'));
    return new PartFile(path, await open(path, 'wx', 0o600));
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  async append(chunk: Uint8Array): Promise<void> {
    let rest = chunk;
    while (rest.length > 0) {
      const { bytesWritten } = await this.#file.write(rest, 0, rest.length, this.#sizeBytes);
      this.#hash.update(rest.subarray(0, bytesWritten));
      this.#sizeBytes += bytesWritten;
      rest = rest.subarray(bytesWritten);
    }
  }

  /** Discards the content, for a transfer that cannot be resumed. */
  async restart(): Promise<void> {
    await this.#file.truncate(0);
    this.#hash = createHash('sha256');
    this.#sizeBytes = 0;
  }

  /** Syncs the complete content to disk. Returns its SHA-256 in hex. */
  async finish(): Promise<string> {
    await this.#file.sync();
    return this.#hash.digest('hex');
  }

  /** Renames the finished file to its final name, durably. */
  async commit(target: string): Promise<void> {
    await this.#file.close();
    await renameDurably(this.#path, target);
    this.#isCommitted = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isCommitted) return;
    await this.#file.close();
    await rm(this.#path, { force: true });
  }
}
