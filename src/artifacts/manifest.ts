import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { replaceFile, systemErrorCode } from '../files/durable-file.ts';

/** No artifact can have this name: theirs never begin with a dot. */
export const MANIFEST_FILE = '.manifest.json';

const entrySchema = z.looseObject({
  /** The provider's name for the artifact: data, never a path on this disk. */
  path: z.string(),
  file: z.string(),
  sizeBytes: z.number(),
  updatedAt: z.string().exactOptional(),
  sha256: z.string().exactOptional(),
  /** ISO 8601; of the last successful fetch. */
  fetchedAt: z.string().exactOptional(),
  /** `missing`: it has a name, but its content could not be fetched yet. */
  state: z.enum(['fetched', 'missing']),
});
const manifestSchema = z.looseObject({
  version: z.literal(1),
  artifacts: z.array(entrySchema),
});

export type ManifestEntry = z.infer<typeof entrySchema>;

/** Which remote path lies in which file of a folder; by path. */
export type Manifest = ReadonlyMap<string, ManifestEntry>;

/**
 * Reads the manifest of a folder. Without a readable one the answer is empty: every artifact is then fetched
 * again, which costs time and loses nothing.
 */
export async function readManifest(directory: string): Promise<Manifest> {
  const text = await readIfThere(join(directory, MANIFEST_FILE));
  const parsed = manifestSchema.safeParse(jsonOrNothing(text));
  const entries = parsed.success ? parsed.data.artifacts : [];
  return new Map(
    entries.filter(({ file }) => isPlainName(file)).map((entry) => [entry.path, entry]),
  );
}

export async function writeManifest(directory: string, manifest: Manifest): Promise<void> {
  const content = { version: 1, artifacts: [...manifest.values()] };
  const text = `${JSON.stringify(content, null, 2)}\n`;
  await replaceFile(join(directory, MANIFEST_FILE), text, { mode: 0o600 });
}

/** Whether the file is still what was fetched. A changed, cut or missing file is not. */
export async function isIntact(directory: string, entry: ManifestEntry): Promise<boolean> {
  const path = join(directory, entry.file);
  try {
    if ((await stat(path)).size !== entry.sizeBytes) return false;
    const hash = createHash('sha256');
    await pipeline(createReadStream(path), hash);
    return hash.digest('hex') === entry.sha256;
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return false;
  }
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return '';
    throw error;
  }
}

function jsonOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** A manifest that somebody edited must not lead out of its folder. */
function isPlainName(file: string): boolean {
  return file !== '' && !file.startsWith('.') && !/[/\\\0]/.test(file);
}
