import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { replaceFile } from '../../lib/durable-file.ts';
import { parseJson } from '../../lib/json.ts';
import { isRunning, type ProcessIdentity } from '../../lib/process.ts';
import { readFileIfExists } from '../../lib/read-file-if-exists.ts';

const schema = z.object({
  pid: z.number(),
  began: z.string().optional(),
  /** Address of the runner's socket. */
  address: z.string(),
});

/** The runner that has a thread open. While a newer runner takes new threads, an older one keeps its own. */
export type Owner = ProcessIdentity & { readonly address: string };

const fileIn = (folder: string): string => join(folder, 'owner.json');

export const writeOwner = (folder: string, owner: Owner): Promise<void> =>
  replaceFile(fileIn(folder), `${JSON.stringify(owner)}\n`, { mode: 0o600 });

export const removeOwner = (folder: string): void => rmSync(fileIn(folder), { force: true });

/** `gone`: the runner that had the thread open has crashed. Null: no runner has it open. */
export function readOwner(
  folder: string,
): { readonly kind: 'alive'; readonly owner: Owner } | { readonly kind: 'gone' } | null {
  const text = readFileIfExists(fileIn(folder));
  if (text === null) return null;
  // A file that was torn by a power failure: that runner is gone too.
  const owner = schema.safeParse(parseJson(text)).data;
  return owner !== undefined && isRunning(owner) ? { kind: 'alive', owner } : { kind: 'gone' };
}
