import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemErrorCode } from '../../lib/system-error.ts';

const PREFIX = 'cerevisor-';

/**
 * Puts the host of a thread into its own cgroup, below that of the runner. A process cannot leave its cgroup by itself.
 * Returns false if the process has exited, and where cgroups (version 2) are missing or not writable; then the other
 * criteria of `processTreeOf` have to do.
 */
export async function enterThreadCgroup(threadId: string, pid: number): Promise<boolean> {
  return falseIfRefused(async () => {
    const folder = await folderOf(threadId);
    if (folder === null) return false;
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'cgroup.procs'), String(pid));
    return true;
  });
}

/**
 * Removes the cgroup of a thread after its last process has exited. A cgroup that still contains processes is kept.
 */
export async function removeThreadCgroup(threadId: string): Promise<void> {
  await falseIfRefused(async () => {
    const folder = await folderOf(threadId);
    if (folder !== null) await rmdir(folder);
    return true;
  });
}

/** The thread id in a process's cgroup; `text` is the content of its `/proc/PID/cgroup`. */
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

/** `0::/user.slice/…`: the only line of version 2. */
const pathIn = (text: string): string | null => /^0::(\/.*)$/m.exec(text)?.[1] ?? null;

/**
 * Where the whole tree of version 2 is mounted. In a partial mount, the paths differ from those that the kernel
 * reports.
 */
export function cgroupMount(mountinfo: string): string | null {
  for (const row of mountinfo.split('\n')) {
    const [before = '', after = ''] = row.split(' - ');
    const [, , , root, mountPoint] = before.split(' ');
    if (after.startsWith('cgroup2 ') && root === '/' && mountPoint !== undefined) return mountPoint;
  }
  return null;
}

/**
 * False for whatever the system refuses: what is not allowed or supported here, a limit on cgroups, a process that has
 * exited, or a cgroup that was removed in the meantime. A cgroup only helps to find processes, so that none of this is a
 * reason for an agent to fail.
 */
async function falseIfRefused(act: () => Promise<boolean>): Promise<boolean> {
  try {
    return await act();
  } catch (error) {
    if (systemErrorCode(error) !== undefined) return false;
    throw error;
  }
}
