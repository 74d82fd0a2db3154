import { closeSync, fsyncSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { parseJson } from '../../lib/json.ts';
import { readFileIfExists } from '../../lib/read-file-if-exists.ts';
import { rawItemSchema } from '../../runtimes/local/protocol.ts';

const schema = z.object({ turnId: z.string(), item: rawItemSchema });
export type UnstoredItem = z.infer<typeof schema>;

const fileIn = (storeFolder: string): string => join(storeFolder, 'unstored-items.ndjson');

/**
 * Saves the items that the runner may not have stored, for the next runner: without them, a call that takes effect at
 * this moment would be lost. Synchronous, because this process may be killed at any time.
 */
export function saveUnstored(storeFolder: string, items: readonly UnstoredItem[]): void {
  if (items.length === 0) return;
  const file = openSync(fileIn(storeFolder), 'w', 0o600);
  try {
    writeFileSync(file, items.map((item) => `${JSON.stringify(item)}\n`).join(''));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** The saved items that are readable. Some may already be in the log. */
export function readUnstored(storeFolder: string): readonly UnstoredItem[] {
  return (readFileIfExists(fileIn(storeFolder)) ?? '')
    .split('\n')
    .map((line) => schema.safeParse(parseJson(line)))
    .flatMap(({ data }) => (data === undefined ? [] : [data]));
}

export const deleteUnstored = (storeFolder: string): void =>
  rmSync(fileIn(storeFolder), { force: true });
