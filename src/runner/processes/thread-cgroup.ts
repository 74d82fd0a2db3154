import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemErrorCode } from '../../lib/system-error.ts';

const PREFIX = 'cerevisor-';

/**
 * Puts the host of a thread into a cgroup of its own, below that of the runner. No process leaves its cgroup by itself,
 * whatever else it leaves. Answers false where the system has no cgroups (version 2), or keeps them from this user: then
 * the other signs have to do.
 */
export async function enterThreadCgroup(threadId: string, pid: number): Promise<boolean> {
  return tolerant(async () => {
    const folder = await folderOf(threadId);
    if (folder === null) return false;
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'cgroup.procs'), String(pid));
    return true;
  });
}

/** After the last process of a thread has ended. One that still has processes stays. */
export async function removeThreadCgroup(threadId: string): Promise<void> {
  await tolerant(async () => {
    const folder = await folderOf(threadId);
    if (folder !== null) await rmdir(folder);
    return true;
  });
}

/** The thread that a process belongs to by its cgroup; `text` is its `/proc/PID/cgroup`. */
export function threadOfCgroup(text: string): string | null {
  const names = pathIn(text)?.split('/') ?? [];
  return names.findLast((name) => name.startsWith(PREFIX))?.slice(PREFIX.length) ?? null;
}

async function folderOf(threadId: string): Promise<string | null> {
  if (process.platform !== 'linux') return null;
  const own = pathIn(await readFile('/proc/self/cgroup', 'utf8'));
  const mount = cgroupMount(await readFile('/proc/self/mountinfo', 'utf8'));
  if (own === null || mount === null) return null;
  return join(mount, own, `${PREFIX}${threadId}`);
}

/** `0::/user.slice/…`: the one line of version 2. */
const pathIn = (text: string): string | null => /^0::(\/.*)$/m.exec(text)?.[1] ?? null;

/** Where the whole tree of version 2 is mounted. A part of it alone would have other paths than the kernel tells. */
export function cgroupMount(mountinfo: string): string | null {
  for (const row of mountinfo.split('\n')) {
    const [before = '', after = ''] = row.split(' - ');
    const [, , , root, place] = before.split(' ');
    if (after.startsWith('cgroup2 ') && root === '/' && place !== undefined) return place;
  }
  return null;
}

const NOT_ALLOWED = new Set([
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOENT',
  'EBUSY',
  'ENOTSUP',
  'EOPNOTSUPP',
]);

/** False for what the system does not let us do, or what has gone meanwhile. */
async function tolerant(act: () => Promise<boolean>): Promise<boolean> {
  try {
    return await act();
  } catch (error) {
    if (NOT_ALLOWED.has(systemErrorCode(error) ?? '')) return false;
    throw error;
  }
}
