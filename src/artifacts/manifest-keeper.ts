import type { Stats } from 'node:fs';
import { lstat, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { systemErrorCode } from '../lib/system-error.ts';
import {
  hashOf,
  type Manifest,
  type ManifestEntry,
  readManifest,
  writeManifest,
} from './manifest.ts';
import { claimName, collisionKey, nameWith } from './safe-name.ts';

/** Changes are saved when there are this many, or a quarter of all entries: the work grows with the artifacts, not faster. */
const LEAST_CHANGES = 16;
/** Or when this much would have to be fetched again after a crash. */
const UNSAVED_BYTES = 64 * 1024 * 1024;

/** The manifest of a folder while artifacts are downloaded into it. It prevents files of earlier downloads from being overwritten. */
export class ManifestKeeper {
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

  static async open(directory: string, write = writeManifest): Promise<ManifestKeeper> {
    return new ManifestKeeper(
      directory,
      await readManifest(directory),
      await readdir(directory),
      write,
    );
  }

  newestOf(path: string): ManifestEntry | undefined {
    return this.#manifest.newest.get(path);
  }

  /** Names that belong to a remote path, and those that no other one may get. */
  get assigned(): { readonly byPath: ReadonlyMap<string, string>; readonly others: string[] } {
    const { newest, earlier } = this.#manifest;
    return {
      byPath: new Map([...newest.values()].map(({ path, file }) => [path, file])),
      others: earlier.map(({ file }) => file),
    };
  }

  async note(entry: ManifestEntry, receivedBytes = 0): Promise<void> {
    this.#manifest.newest.set(entry.path, entry);
    this.#names.add(collisionKey(entry.file));
    await this.#changed(receivedBytes);
  }

  /**
   * To be called before a file takes its place. Another content that stands there gets a name that tells its attempt and
   * turn: `report.attempt-1-turn-2.md`.
   */
  async makeRoom(path: string, file: string, sha256: string): Promise<void> {
    const standing = join(this.#directory, file);
    const found = await plainFile(standing);
    if (found === null) return;
    const hash = await hashOf(standing);
    if (hash === sha256) return;
    const known = this.#manifest.newest.get(path);
    const about = known?.sha256 === hash ? known : { path, ...labelOf(known) };
    const name = claimName(nameWith(file, suffixFor(about)), this.#names);
    await rename(standing, join(this.#directory, name));
    const entry = { ...about, path, file: name, sizeBytes: found.size, sha256: hash };
    this.#manifest.earlier.push({ ...entry, state: 'fetched' });
    await this.#changed(0);
  }

  /** Saves what is not saved yet, with files that a crash kept from being noted when they were set aside. */
  async save(): Promise<void> {
    await this.#adopt();
    if (this.#changes > 0) await this.#saveNow();
  }

  async #adopt(): Promise<void> {
    const { newest, earlier } = this.#manifest;
    const noted = new Set([...newest.values(), ...earlier].map(({ file }) => file));
    for (const file of await readdir(this.#directory)) {
      const label = noted.has(file) ? null : SET_ASIDE.exec(file);
      const found = label === null ? null : await plainFile(join(this.#directory, file));
      if (label === null || found === null) continue;
      const [, stem = '', attempt, turn, extension = ''] = label;
      const path = [...newest.values()].find((entry) => entry.file === stem + extension)?.path;
      const numbers = attempt === undefined ? {} : { attempt: Number(attempt), turn: Number(turn) };
      const content = {
        sizeBytes: found.size,
        sha256: await hashOf(join(this.#directory, file)),
      };
      earlier.push({ path: path ?? file, file, ...content, ...numbers, state: 'fetched' });
      this.#changes += 1;
    }
  }

  async #changed(receivedBytes: number): Promise<void> {
    this.#changes += 1;
    this.#unsavedBytes += receivedBytes;
    const { newest, earlier } = this.#manifest;
    const isDue = this.#changes >= Math.max(LEAST_CHANGES, (newest.size + earlier.length) / 4);
    if (isDue || this.#unsavedBytes >= UNSAVED_BYTES) await this.#saveNow();
  }

  async #saveNow(): Promise<void> {
    await this.#write(this.#directory, this.#manifest);
    this.#changes = 0;
    this.#unsavedBytes = 0;
  }
}

/**
 * Files of a folder that are fetched, but are not the newest content of a remote path: those that were set aside, and
 * those that a later listing did not bring again.
 */
export async function earlierFiles(
  directory: string,
  newest: readonly { readonly path: string; readonly file?: string }[],
): Promise<readonly ManifestEntry[]> {
  const manifest = await readManifest(directory);
  const shown = new Set(newest.flatMap(({ file }) => file ?? []));
  const kept = [...manifest.newest.values()].filter(
    ({ state, file }) => state === 'fetched' && !shown.has(file),
  );
  return [...manifest.earlier, ...kept];
}

const SET_ASIDE = /^(.*)\.(?:attempt-(\d+)-turn-(\d+)|earlier)(?:~\d+)?(\.[^.]*)?$/;

function suffixFor({ attempt, turn }: { attempt?: number; turn?: number }): string {
  return attempt === undefined || turn === undefined
    ? '.earlier'
    : `.attempt-${attempt}-turn-${turn}`;
}

function labelOf(known: ManifestEntry | undefined): { attempt?: number; turn?: number } {
  const { attempt, turn } = known ?? {};
  return attempt === undefined || turn === undefined ? {} : { attempt, turn };
}

/** Null when nothing stands there, or a link or folder that someone made. */
async function plainFile(path: string): Promise<Stats | null> {
  try {
    const found = await lstat(path);
    return found.isFile() ? found : null;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
