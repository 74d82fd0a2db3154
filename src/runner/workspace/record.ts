import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { replaceFile } from '../../lib/durable-file.ts';
import { systemErrorCode } from '../../lib/system-error.ts';

const text = z.string();

/**
 * The record of an attempt's working folder. It is written before the folder is created or changed, so that after a
 * crash it is known which parts of it are ours and how far the preparation had come.
 */
const recordSchema = z.object({
  version: z.literal(1),
  key: text,
  sessionId: text,
  agentName: text,
  attempt: z.number(),
  isolation: z.enum(['worktree', 'in-place']),
  /** The user's folder. */
  folder: text,
  /** The root of the user's working tree, or their bare repository; null without git. */
  repositoryRoot: text.nullable(),
  /** For a folder without git: the separate repository that tracks its content. */
  store: text.nullable(),
  /** The worktree that was created; null in place. */
  worktree: text.nullable(),
  cwd: text,
  /** For a folder without git, the branch is in `store`. */
  branch: text,
  /** The HEAD of the user's repository when the session began; null without a commit. */
  headCommit: text.nullable(),
  snapshotCommit: text.nullable(),
  baseCommit: text,
  /** The commit of the branch at the end of the last turn. */
  lastCommit: text,
  /** `creating`: no agent has worked in it yet, so it may be created again. */
  state: z.enum(['creating', 'checked-out', 'ready', 'removed']),
  conflicts: z.array(text),
  notices: z.array(text),
  /** In place: files that the snapshot left out; while they stay unchanged, they are not the agent's work. */
  leftOut: z.array(z.object({ path: text, sizeBytes: z.number(), modifiedAtMs: z.number() })),
  /** Milliseconds since the epoch. */
  createdAt: z.number(),
  usedAt: z.number(),
});
export type WorkspaceRecord = z.infer<typeof recordSchema>;

const folderOf = (home: string): string => join(home, 'local-runs', 'workspaces');
const fileOf = (home: string, key: string): string => join(folderOf(home), `${key}.json`);

/** Null if there is none, or if it is unreadable; the folder is then treated as unknown. */
export async function readRecord(home: string, key: string): Promise<WorkspaceRecord | null> {
  try {
    const parsed = recordSchema.safeParse(JSON.parse(await readFile(fileOf(home, key), 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT' || error instanceof SyntaxError) return null;
    throw error;
  }
}

export async function writeRecord(home: string, record: WorkspaceRecord): Promise<WorkspaceRecord> {
  await mkdir(folderOf(home), { recursive: true, mode: 0o700 });
  await replaceFile(fileOf(home, record.key), `${JSON.stringify(record)}\n`, { mode: 0o600 });
  return record;
}

export const deleteRecord = (home: string, key: string): Promise<void> =>
  rm(fileOf(home, key), { force: true });

export async function listRecords(home: string): Promise<readonly WorkspaceRecord[]> {
  const names = await readdir(folderOf(home)).catch((error: unknown) => {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  });
  const keys = names.flatMap((name) => /^([0-9a-f]{64})\.json$/.exec(name)?.[1] ?? []);
  const records = await Promise.all(keys.map((key) => readRecord(home, key)));
  return records.filter((record) => record !== null);
}
