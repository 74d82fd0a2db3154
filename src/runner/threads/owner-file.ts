import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { replaceFile } from '../../lib/durable-file.ts';
import { isRunning, type ProcessIdentity } from '../../lib/process.ts';
import { systemErrorCode } from '../../lib/system-error.ts';

const schema = z.object({
  pid: z.number(),
  began: z.string().optional(),
  /** Of the socket of the runner. */
  address: z.string(),
});

/** Which runner has a thread in its hands. While a newer runner takes new threads, an older one continues with its own. */
export type Owner = ProcessIdentity & { readonly address: string };

const fileIn = (folder: string): string => join(folder, 'owner.json');

export const writeOwner = (folder: string, owner: Owner): Promise<void> =>
  replaceFile(fileIn(folder), `${JSON.stringify(owner)}\n`, { mode: 0o600 });

export const removeOwner = (folder: string): void => rmSync(fileIn(folder), { force: true });

/** `gone`: a runner died with the thread in its hands. Null: nobody had it. */
export function readOwner(
  folder: string,
): { readonly kind: 'alive'; readonly owner: Owner } | { readonly kind: 'gone' } | null {
  const text = readIfThere(fileIn(folder));
  if (text === null) return null;
  const owner = parse(text);
  return owner !== null && isRunning(owner) ? { kind: 'alive', owner } : { kind: 'gone' };
}

function parse(text: string): Owner | null {
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null; // Torn by a power cut: that runner is gone too.
  }
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
