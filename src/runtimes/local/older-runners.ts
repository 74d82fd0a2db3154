import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { isRunning } from '../../lib/process.ts';
import { isNotFoundError } from '../../lib/system-error.ts';

const ownerSchema = z.object({
  pid: z.number(),
  began: z.string().exactOptional(),
  address: z.string(),
});

/** The sockets of running runners that own threads. Older runners can be found only by their threads. */
export async function runnersWithThreads(home: string): Promise<readonly string[]> {
  const folder = join(home, 'local-runs', 'threads');
  const addresses = new Set<string>();
  for (const threadId of await listNames(folder)) {
    const owner = await readOwner(join(folder, threadId, 'owner.json'));
    if (owner !== null && isRunning(owner)) addresses.add(owner.address);
  }
  return [...addresses];
}

async function readOwner(file: string): Promise<z.infer<typeof ownerSchema> | null> {
  try {
    return ownerSchema.safeParse(JSON.parse(await readFile(file, 'utf8'))).data ?? null;
  } catch (error) {
    if (error instanceof SyntaxError || isNotFoundError(error)) return null;
    throw error;
  }
}

async function listNames(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isNotFoundError(error)) return [];
    throw error;
  }
}
