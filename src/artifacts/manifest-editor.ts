import type { Stats } from 'node:fs';
import { lstat, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { systemErrorCode } from '../lib/system-error.ts';
import {
  hashFile,
  type Manifest,
  type ManifestEntry,
  readManifest,
  writeManifest,
} from './manifest.ts';
import { claimName, collisionKey, nameWith } from './safe-name.ts';

/** Changes are saved when there are this many, or a quarter of all entries, so that the total work stays linear. */
const MIN_CHANGES = 16;
/** Also saved when this much would have to be fetched again after a crash. */
const UNSAVED_BYTES = 64 * 1024 * 1024;

/** Updates the manifest of a folder during downloads, and moves files of earlier downloads out of the way. */
export class ManifestEditor {
  readonly #directory: string;
  readonly #manifest: Manifest;
  /** Every name in use, by `collisionKey`. */
  readonly #names: Set<string>;
  readonly #write: typeof writeManifest;
  #changes = 0;
  #unsavedBytes = 0;

  private constructor(
    directory: string,
    manifest: Manifest,
    names: readonly string[],
    write: typeof writeManifest,
  ) {
    this.#directory = directory;
    this.#manifest = manifest;
    this.#names = new Set(names.map(collisionKey));
    this.#write = write;
  }

  static async open(directory: string, write = writeManifest): Promise<ManifestEditor> {
    return new ManifestEditor(
      directory,
      await readManifest(directory),
      await readdir(directory),
      write,
    );
  }

  newestOf(path: string): ManifestEntry | undefined {
    return this.#manifest.newest.get(path);
  }

  /** The names assigned to remote paths, and other names in use. */
  get assigned(): { readonly byPath: ReadonlyMap<string, string>; readonly others: string[] } {
    const { newest, earlier } = this.#manifest;
    return {
      byPath: new Map([...newest.values()].map(({ path, file }) => [path, file])),
      others: earlier.map(({ file }) => file),
    };
  }

  async record(entry: ManifestEntry, receivedBytes = 0): Promise<void> {
    this.#manifest.newest.set(entry.path, entry);
    this.#names.add(collisionKey(entry.file));
    await this.#countChange(receivedBytes);
  }

  /**
   * Call it before a file is replaced. Existing different content is renamed after its attempt and turn:
   * `report.attempt-1-turn-2.md`.
   */
  async moveExisting(path: string, file: string, sha256: string): Promise<void> {
    const existing = join(this.#directory, file);
    const stats = await statPlainFile(existing);
    if (stats === null) return;
    const hash = await hashFile(existing);
    if (hash === sha256) return;
    const previous = this.#manifest.newest.get(path);
    const entryFields = previous?.sha256 === hash ? previous : { path, ...labelOf(previous) };
    const name = claimName(nameWith(file, suffixFor(entryFields)), this.#names);
    await rename(existing, join(this.#directory, name));
    const entry = { ...entryFields, path, file: name, sizeBytes: stats.size, sha256: hash };
    this.#manifest.earlier.push({ ...entry, state: 'fetched' });
    await this.#countChange(0);
  }

  /** Saves pending changes, including renamed files that were not recorded because of a crash. */
  async save(): Promise<void> {
    await this.#adoptUnrecorded();
    if (this.#changes > 0) await this.#saveNow();
  }

  async #adoptUnrecorded(): Promise<void> {
    const { newest, earlier } = this.#manifest;
    const recorded = new Set([...newest.values(), ...earlier].map(({ file }) => file));
    for (const file of await readdir(this.#directory)) {
      const label = recorded.has(file) ? null : MOVED_FILE_NAME.exec(file);
      const stats = label === null ? null : await statPlainFile(join(this.#directory, file));
      if (label === null || stats === null) continue;
      const [, stem = '', attempt, turn, extension = ''] = label;
      const path = [...newest.values()].find((entry) => entry.file === stem + extension)?.path;
      const numbers = attempt === undefined ? {} : { attempt: Number(attempt), turn: Number(turn) };
      const content = {
        sizeBytes: stats.size,
        sha256: await hashFile(join(this.#directory, file)),
      };
      earlier.push({ path: path ?? file, file, ...content, ...numbers, state: 'fetched' });
      this.#changes += 1;
    }
  }

  async #countChange(receivedBytes: number): Promise<void> {
    this.#changes += 1;
    this.#unsavedBytes += receivedBytes;
    const { newest, earlier } = this.#manifest;
    const isDue = this.#changes >= Math.max(MIN_CHANGES, (newest.size + earlier.length) / 4);
    if (isDue || this.#unsavedBytes >= UNSAVED_BYTES) await this.#saveNow();
  }

  async #saveNow(): Promise<void> {
    await this.#write(this.#directory, this.#manifest);
    this.#changes = 0;
    this.#unsavedBytes = 0;
  }
}

/**
 * Fetched files of a folder that are not the newest content of a remote path: those that were renamed, and those that a
 * later listing no longer contains.
 */
export async function earlierFiles(
  directory: string,
  newest: readonly { readonly path: string; readonly file?: string }[],
): Promise<readonly ManifestEntry[]> {
  const manifest = await readManifest(directory);
  const listed = new Set(newest.flatMap(({ file }) => file ?? []));
  const unlisted = [...manifest.newest.values()].filter(
    ({ state, file }) => state === 'fetched' && !listed.has(file),
  );
  return [...manifest.earlier, ...unlisted];
}

const MOVED_FILE_NAME = /^(.*)\.(?:attempt-(\d+)-turn-(\d+)|earlier)(?:~\d+)?(\.[^.]*)?$/;

function suffixFor({ attempt, turn }: { attempt?: number; turn?: number }): string {
  return attempt === undefined || turn === undefined
    ? '.earlier'
    : `.attempt-${attempt}-turn-${turn}`;
}

function labelOf(previous: ManifestEntry | undefined): { attempt?: number; turn?: number } {
  const { attempt, turn } = previous ?? {};
  return attempt === undefined || turn === undefined ? {} : { attempt, turn };
}

/** Null if there is nothing at the path, or a link or folder. */
async function statPlainFile(path: string): Promise<Stats | null> {
  try {
    const stats = await lstat(path);
    return stats.isFile() ? stats : null;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
