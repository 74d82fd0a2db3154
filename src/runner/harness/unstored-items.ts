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
 * A host whose runner is gone leaves what that may not have written down to the next one: without it a call that took
 * effect in this moment would be told by nobody. Done at once, since nothing says how long this process has left.
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

/** What a host has left, as far as it can be read. Some of it may be in the log already. */
export function readUnstored(storeFolder: string): readonly UnstoredItem[] {
  return (readFileIfExists(fileIn(storeFolder)) ?? '')
    .split('\n')
    .map((line) => schema.safeParse(parseJson(line)))
    .flatMap(({ data }) => (data === undefined ? [] : [data]));
}

export const deleteUnstored = (storeFolder: string): void =>
  rmSync(fileIn(storeFolder), { force: true });
