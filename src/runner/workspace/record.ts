import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { replaceFile } from '../../lib/durable-file.ts';
import { systemErrorCode } from '../../lib/system-error.ts';

const text = z.string();

/**
 * What is known of the working folder of an attempt. It is written before the folder is touched, so that after a crash
 * it is known what of the folder is ours and how far it had come.
 */
const recordSchema = z.object({
  version: z.literal(1),
  key: text,
  sessionId: text,
  agentName: text,
  attempt: z.number(),
  isolation: z.enum(['worktree', 'in-place']),
  /** The person's folder. */
  folder: text,
  /** The top of the person's working tree, or their bare repository; null without git. */
  repositoryRoot: text.nullable(),
  /** For a folder without git: the repository of ours that knows its content. */
  store: text.nullable(),
  /** The worktree that we made; null in place. */
  worktree: text.nullable(),
  cwd: text,
  /** Null while none is needed: a folder without git has its branch in `store`. */
  branch: text,
  /** Where the person's repository was when the session began; null without a commit. */
  headCommit: text.nullable(),
  snapshotCommit: text.nullable(),
  baseCommit: text,
  /** What the branch had at the end of the last turn. */
  lastCommit: text,
  /** `creating`: nobody has worked in it yet, so whatever is there may be made again. */
  state: z.enum(['creating', 'checked-out', 'ready', 'removed']),
  conflicts: z.array(text),
  notices: z.array(text),
  /** In place: files that the snapshot left out, and that are no work of the agent while they stay as they are. */
  leftOut: z.array(z.object({ path: text, sizeBytes: z.number(), modifiedAtMs: z.number() })),
  /** Milliseconds since the epoch. */
  createdAt: z.number(),
  usedAt: z.number(),
});
export type WorkspaceRecord = z.infer<typeof recordSchema>;

const folderOf = (home: string): string => join(home, 'local-runs', 'workspaces');
const fileOf = (home: string, key: string): string => join(folderOf(home), `${key}.json`);

/** Null if there is none, or none that can be read: it is then as if the folder were not ours. */
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

export const forgetRecord = (home: string, key: string): Promise<void> =>
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
