import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { replaceFile } from '../lib/durable-file.ts';
import { parseJson } from '../lib/json.ts';
import { systemErrorCode } from '../lib/system-error.ts';

/** No artifact can have this name, because the names of artifacts never begin with a dot. */
export const MANIFEST_FILE = '.manifest.json';

const entrySchema = z.looseObject({
  /** The provider's name for the artifact: data, never a path on this disk. */
  path: z.string(),
  file: z.string(),
  sizeBytes: z.number(),
  updatedAt: z.string().exactOptional(),
  sha256: z.string().exactOptional(),
  /** The time of the last successful fetch, in ISO 8601. */
  fetchedAt: z.string().exactOptional(),
  /** `missing`: the name is assigned, but the content could not be fetched yet. */
  state: z.enum(['fetched', 'missing']),
  /** The attempt and turn that it is from; unknown for files of early versions. */
  attempt: z.number().exactOptional(),
  turn: z.number().exactOptional(),
});
const manifestSchema = z.looseObject({
  version: z.literal(1),
  /** The newest file of each remote path. */
  artifacts: z.array(entrySchema),
  /** Files that were replaced by newer ones, oldest first. Absent in early versions. */
  earlier: z.array(entrySchema).default([]),
});

export type ManifestEntry = z.infer<typeof entrySchema>;

/** Maps remote paths to files of a folder. */
export type Manifest = {
  /** By path. */
  readonly newest: Map<string, ManifestEntry>;
  readonly earlier: ManifestEntry[];
};

/**
 * Reads the manifest of a folder. If it is missing or damaged, the result is empty, so that every artifact is fetched
 * again.
 */
export async function readManifest(directory: string): Promise<Manifest> {
  const text = await readTextIfExists(join(directory, MANIFEST_FILE));
  const parsed = manifestSchema.safeParse(parseJson(text));
  const { artifacts, earlier } = parsed.success ? parsed.data : { artifacts: [], earlier: [] };
  const newest = artifacts.filter(({ file }) => isPlainName(file));
  return {
    newest: new Map(newest.map((entry) => [entry.path, entry])),
    earlier: earlier.filter(({ file }) => isPlainName(file)),
  };
}

export async function writeManifest(directory: string, manifest: Manifest): Promise<void> {
  const { newest, earlier } = manifest;
  const content = { version: 1, artifacts: [...newest.values()], earlier };
  const text = `${JSON.stringify(content, null, 2)}\n`;
  await replaceFile(join(directory, MANIFEST_FILE), text, { mode: 0o600 });
}

/** Whether the file still has the fetched content. */
export async function isIntact(directory: string, entry: ManifestEntry): Promise<boolean> {
  const path = join(directory, entry.file);
  try {
    return (await stat(path)).size === entry.sizeBytes && (await hashFile(path)) === entry.sha256;
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return false;
  }
}

/** SHA-256 of a file, in hex. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

async function readTextIfExists(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return '';
    throw error;
  }
}

/** An edited manifest must not lead outside its folder. */
function isPlainName(file: string): boolean {
  return file !== '' && !file.startsWith('.') && !/[/\\\0]/.test(file);
}
