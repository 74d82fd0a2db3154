import { readFileSync } from 'node:fs';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { systemErrorCode } from '../../lib/system-error.ts';
import { isDetached } from './detached-process.ts';
import type { ProcessRow } from './process-row.ts';
import { threadOfCgroup } from './thread-cgroup.ts';
import { threadIn } from './thread-mark.ts';

type Stat = Omit<ProcessRow, 'threadId' | 'detachedFolder' | 'sessionPid'> & {
  readonly sessionPid: number;
  /** The device number of its terminal; 0 for none. */
  readonly terminal: number;
};

export async function readLinuxProcesses(root = '/proc'): Promise<readonly ProcessRow[]> {
  const boot = readNow(`${root}/sys/kernel/random/boot_id`).trim();
  const stats = new Map<number, Stat>();
  for (const name of await readdir(root)) {
    if (!/^\d+$/.test(name)) continue;
    const stat = parseStat(readNow(`${root}/${name}/stat`), boot);
    if (stat !== null) stats.set(stat.pid, stat);
  }
  const rows: ProcessRow[] = [];
  for (const { terminal, ...stat } of stats.values()) {
    const folder = `${root}/${stat.pid}`;
    const environment = (await readIfAllowed(`${folder}/environ`)).split('\0');
    const threadId = threadIn(environment) ?? threadOfCgroup(readNow(`${folder}/cgroup`));
    const parentSessionPid = stats.get(stat.parentPid)?.sessionPid ?? null;
    const { sessionPid } = stat;
    const isDetachedProcess =
      threadId === null && isDetached({ terminal, sessionPid, parentSessionPid, environment });
    rows.push({
      ...stat,
      threadId,
      detachedFolder: isDetachedProcess ? await cwdOf(folder) : null,
    });
  }
  return rows;
}

/** The name is in parentheses and may contain any character, so the other fields are located from its end. */
function parseStat(text: string, boot: string): Stat | null {
  const nameEnd = text.lastIndexOf(')');
  const fields = text.slice(nameEnd + 2).split(' ');
  const [state, parentPid, , sessionPid, terminal] = fields;
  const ticks = fields[19];
  // Z, X: the process has exited and is only waiting to be reaped by its parent.
  if (nameEnd === -1 || ticks === undefined || state === 'Z' || state === 'X') return null;
  return {
    pid: Number.parseInt(text, 10),
    parentPid: Number(parentPid),
    // The same form as in `identityOf`.
    began: `${boot} ${ticks}`,
    sessionPid: Number(sessionPid),
    terminal: Number(terminal),
    name: text.slice(text.indexOf('(') + 1, nameEnd),
  };
}

/** Null for other users' processes, whose environment cannot be read and appears empty. */
async function cwdOf(process: string): Promise<string | null> {
  const folder = await readlink(`${process}/cwd`).catch(emptyIfInaccessible);
  return folder === '' ? null : folder.replace(/ \(deleted\)$/, '');
}

/** For files backed by the memory of another process, whose reading may block. */
const readIfAllowed = (file: string): Promise<string> =>
  readFile(file, 'latin1').catch(emptyIfInaccessible);

/**
 * For files that the kernel provides without blocking: asynchronous reads through the thread pool take ten times as
 * long.
 */
function readNow(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch (error) {
    return emptyIfInaccessible(error);
  }
}

/** The process has exited, or belongs to another user. */
function emptyIfInaccessible(error: unknown): string {
  if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(systemErrorCode(error) ?? '')) return '';
  throw error;
}
