import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { replaceFile } from '../../../lib/durable-file.ts';
import { systemErrorCode } from '../../../lib/system-error.ts';

const schema = z.object({ codexThreadId: z.string() });
const fileIn = (storeFolder: string): string => join(storeFolder, 'codex-thread.json');

/** Codex's id of a thread; null if there is none yet. */
export async function readCodexThreadId(storeFolder: string): Promise<string | null> {
  try {
    const read = schema.safeParse(JSON.parse(await readFile(fileIn(storeFolder), 'utf8')));
    return read.data?.codexThreadId ?? null;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** On disk before the thread gets its first turn. */
export const writeCodexThreadId = (storeFolder: string, codexThreadId: string): Promise<void> =>
  replaceFile(fileIn(storeFolder), JSON.stringify({ codexThreadId }), { mode: 0o600 });
