import { createHash } from 'node:crypto';
import {
  chmod,
  copyFile,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  readlink,
  rm,
} from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { replaceFile } from '../lib/durable-file.ts';
import { isNotFoundError, systemErrorCode } from '../lib/system-error.ts';
import { pathIn } from './folder-paths.ts';

const text = z.string();

/** What is at a path: nothing, a file with its content, or a link with its target. */
const fileStateSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('nothing') }),
  z.object({ kind: z.literal('file'), sha256: text, mode: z.number() }),
  z.object({ kind: z.literal('link'), target: text }),
]);
export type FileState = z.infer<typeof fileStateSchema>;

const recordSchema = z.object({
  version: z.literal(1),
  undoId: text,
  /** Of everything that was applied at once, to several folders. */
  groupId: text.optional(),
  /** What was applied, in words for people. */
  label: text,
  folder: text,
  /** Milliseconds since the epoch. */
  appliedAt: z.number(),
  /** `applying`: it was cut off, so each file is either as before or as after. */
  state: z.enum(['applying', 'applied', 'undone']),
  /** Paths are git's bytes. */
  files: z.array(z.object({ path: text, before: fileStateSchema, after: fileStateSchema })),
});
export type UndoRecord = z.infer<typeof recordSchema>;
export type AppliedFile = UndoRecord['files'][number];

const parentOf = (home: string): string => join(home, 'applied');
export const folderOf = (home: string, undoId: string): string => join(parentOf(home), undoId);
/** Where the content of the n-th file before and after lies. */
export const copyOf = (home: string, undoId: string, which: 'before' | 'after', index: number) =>
  join(folderOf(home, undoId), which, String(index));

export async function writeUndoRecord(home: string, record: UndoRecord): Promise<UndoRecord> {
  const folder = folderOf(home, record.undoId);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await replaceFile(join(folder, 'record.json'), `${JSON.stringify(record)}\n`, { mode: 0o600 });
  return record;
}

export async function readUndoRecord(home: string, undoId: string): Promise<UndoRecord | null> {
  if (!/^[\w-]+$/.test(undoId)) return null;
  try {
    const path = join(folderOf(home, undoId), 'record.json');
    const parsed = recordSchema.safeParse(JSON.parse(await readFile(path, 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT' || error instanceof SyntaxError) return null;
    throw error;
  }
}

/** The newest first. */
export async function listUndoRecords(home: string): Promise<readonly UndoRecord[]> {
  const names = await readdir(parentOf(home)).catch((error: unknown) => {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  });
  const records = await Promise.all(names.map((name) => readUndoRecord(home, name)));
  return records
    .filter((record) => record !== null)
    .sort((one, other) => other.appliedAt - one.appliedAt);
}

export const forgetUndoRecord = (home: string, undoId: string): Promise<void> =>
  rm(folderOf(home, undoId), { recursive: true, force: true });

/** What is at a path now. Anything that is neither file nor link counts as nothing that we know. */
export async function stateAt(folder: string, path: string): Promise<FileState | 'unknown'> {
  const full = pathIn(folder, path);
  try {
    const found = await lstat(full);
    if (found.isSymbolicLink())
      return { kind: 'link', target: (await readlink(full, 'buffer')).toString('latin1') };
    if (!found.isFile()) return 'unknown';
    return { kind: 'file', sha256: await sha256Of(full), mode: found.mode & 0o777 };
  } catch (error) {
    if (isNotFoundError(error)) return { kind: 'nothing' };
    throw error;
  }
}

export function isSameState(one: FileState | 'unknown', other: FileState): boolean {
  if (one === 'unknown' || one.kind !== other.kind) return false;
  if (one.kind === 'file' && other.kind === 'file')
    return one.sha256 === other.sha256 && isExecutable(one.mode) === isExecutable(other.mode);
  if (one.kind === 'link' && other.kind === 'link') return one.target === other.target;
  return true;
}

/** As git knows it: for the owner. */
const isExecutable = (mode: number): boolean => (mode & 0o100) !== 0;

/** The mode of a file that is there, with what git says about it. */
export const modeLike = (existing: number, wanted: number): number =>
  isExecutable(wanted) ? existing | ((existing & 0o444) >> 2) : existing & ~0o111;

async function sha256Of(path: Buffer | string): Promise<string> {
  const hash = createHash('sha256');
  await using file = await open(path, 'r');
  for await (const chunk of file.createReadStream()) hash.update(chunk);
  return hash.digest('hex');
}

/** Copies a file so that a power cut does not lose it. */
export async function copyDurably(from: Buffer, to: string, mode: number): Promise<void> {
  await copyFile(from, to);
  await chmod(to, 0o600 | mode);
  await using file = await open(to, 'r+');
  await file.sync();
}
