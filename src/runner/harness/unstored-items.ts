import { closeSync, fsyncSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { systemErrorCode } from '../../lib/system-error.ts';
import { rawItemSchema } from '../../runtimes/local/protocol.ts';

const schema = z.object({ turnId: z.string(), item: rawItemSchema });
export type UnstoredItem = z.infer<typeof schema>;

const fileIn = (storeFolder: string): string => join(storeFolder, 'unstored-items.ndjson');

/**
 * A host whose runner is gone leaves what that may not have written down to the next one: without it a call that took
 * effect in this moment would be told by nobody. Done at once, since nothing says how long this process has left.
 */
export function leaveUnstored(storeFolder: string, items: readonly UnstoredItem[]): void {
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
  return textOf(fileIn(storeFolder))
    .split('\n')
    .map((line) => schema.safeParse(parsed(line)))
    .flatMap(({ data }) => (data === undefined ? [] : [data]));
}

export const forgetUnstored = (storeFolder: string): void =>
  rmSync(fileIn(storeFolder), { force: true });

/** Null for the last line of a host that was ended while it wrote. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return '';
    throw error;
  }
}
