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

/** The state of a path: nothing, a file with its content, or a link with its target. */
const fileStateSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('nothing') }),
  z.object({ kind: z.literal('file'), sha256: text, mode: z.number() }),
  z.object({ kind: z.literal('link'), target: text }),
]);
export type FileState = z.infer<typeof fileStateSchema>;

const recordSchema = z.object({
  version: z.literal(1),
  undoId: text,
  /** Common to everything that was applied at once to several folders. */
  groupId: text.optional(),
  /** A display name of what was applied. */
  label: text,
  folder: text,
  /** Milliseconds since the epoch. */
  appliedAt: z.number(),
  /** `applying`: interrupted, so each file is in its state before or after. */
  state: z.enum(['applying', 'applied', 'undone']),
  /** Files written with conflict markers; records of earlier versions do not say. */
  markedCount: z.number().default(0),
  /** Paths are git's bytes. */
  files: z.array(z.object({ path: text, before: fileStateSchema, after: fileStateSchema })),
});
export type UndoRecord = z.infer<typeof recordSchema>;
export type AppliedFile = UndoRecord['files'][number];

const recordsFolder = (home: string): string => join(home, 'applied');
export const recordFolder = (home: string, undoId: string): string =>
  join(recordsFolder(home), undoId);
/** The path of the stored content of a file before or after. */
export const copyPath = (home: string, undoId: string, side: 'before' | 'after', index: number) =>
  join(recordFolder(home, undoId), side, String(index));

export async function writeUndoRecord(home: string, record: UndoRecord): Promise<UndoRecord> {
  const folder = recordFolder(home, record.undoId);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await replaceFile(join(folder, 'record.json'), `${JSON.stringify(record)}\n`, { mode: 0o600 });
  return record;
}

export async function readUndoRecord(home: string, undoId: string): Promise<UndoRecord | null> {
  if (!/^[\w-]+$/.test(undoId)) return null;
  try {
    const path = join(recordFolder(home, undoId), 'record.json');
    const parsed = recordSchema.safeParse(JSON.parse(await readFile(path, 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT' || error instanceof SyntaxError) return null;
    throw error;
  }
}

/** All undo records, newest first. */
export async function listUndoRecords(home: string): Promise<readonly UndoRecord[]> {
  const names = await readdir(recordsFolder(home)).catch((error: unknown) => {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  });
  const records = await Promise.all(names.map((name) => readUndoRecord(home, name)));
  return records
    .filter((record) => record !== null)
    .sort((one, other) => other.appliedAt - one.appliedAt);
}

export const removeUndoRecord = (home: string, undoId: string): Promise<void> =>
  rm(recordFolder(home, undoId), { recursive: true, force: true });

/** The current state of a path; `unknown` if it is neither a file nor a link. */
export async function stateAt(folder: string, path: string): Promise<FileState | 'unknown'> {
  const full = pathIn(folder, path);
  try {
    const stats = await lstat(full);
    if (stats.isSymbolicLink())
      return { kind: 'link', target: (await readlink(full, 'buffer')).toString('latin1') };
    if (!stats.isFile()) return 'unknown';
    return { kind: 'file', sha256: await sha256Of(full), mode: stats.mode & 0o777 };
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

/** As in git: executable for the owner. */
const isExecutable = (mode: number): boolean => (mode & 0o100) !== 0;

/** The mode of an existing file, with the executable bits set according to git's mode. */
export const mergeModes = (existing: number, gitMode: number): number =>
  isExecutable(gitMode) ? existing | ((existing & 0o444) >> 2) : existing & ~0o111;

async function sha256Of(path: Buffer | string): Promise<string> {
  const hash = createHash('sha256');
  await using file = await open(path, 'r');
  for await (const chunk of file.createReadStream()) hash.update(chunk);
  return hash.digest('hex');
}

/** Copies a file and syncs it to disk. */
export async function copyDurably(from: Buffer, to: string, mode: number): Promise<void> {
  await copyFile(from, to);
  await chmod(to, 0o600 | mode);
  await using file = await open(to, 'r+');
  await file.sync();
}
