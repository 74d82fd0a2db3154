import { readFileSync } from 'node:fs';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { systemErrorCode } from '../../lib/system-error.ts';
import type { ProcessRow } from './process-row.ts';
import { isStray } from './stray.ts';
import { threadOfCgroup } from './thread-cgroup.ts';
import { threadIn } from './thread-mark.ts';

type Stat = Omit<ProcessRow, 'threadId' | 'strayFolder' | 'sessionPid'> & {
  readonly sessionPid: number;
  /** The device number of its terminal; 0 for none. */
  readonly terminal: number;
};

export async function readLinuxProcesses(root = '/proc'): Promise<readonly ProcessRow[]> {
  const boot = readAtOnce(`${root}/sys/kernel/random/boot_id`).trim();
  const stats = new Map<number, Stat>();
  for (const name of await readdir(root)) {
    if (!/^\d+$/.test(name)) continue;
    const stat = parseStat(readAtOnce(`${root}/${name}/stat`), boot);
    if (stat !== null) stats.set(stat.pid, stat);
  }
  const rows: ProcessRow[] = [];
  for (const { terminal, ...stat } of stats.values()) {
    const folder = `${root}/${stat.pid}`;
    const environment = (await readIfAllowed(`${folder}/environ`)).split('\0');
    const threadId = threadIn(environment) ?? threadOfCgroup(readAtOnce(`${folder}/cgroup`));
    const parentSessionPid = stats.get(stat.parentPid)?.sessionPid ?? null;
    const { sessionPid } = stat;
    const isLost =
      threadId === null && isStray({ terminal, sessionPid, parentSessionPid, environment });
    rows.push({ ...stat, threadId, strayFolder: isLost ? await workingFolder(folder) : null });
  }
  return rows;
}

/** The name stands in parentheses and may hold anything, so the other fields are counted from its end. */
function parseStat(text: string, boot: string): Stat | null {
  const nameEnd = text.lastIndexOf(')');
  const fields = text.slice(nameEnd + 2).split(' ');
  const [state, parentPid, , sessionPid, terminal] = fields;
  const ticks = fields[19];
  // Z, X: it has ended and waits only for its parent to hear of it.
  if (nameEnd === -1 || ticks === undefined || state === 'Z' || state === 'X') return null;
  return {
    pid: Number.parseInt(text, 10),
    parentPid: Number(parentPid),
    // As `identityOf` notes it.
    began: `${boot} ${ticks}`,
    sessionPid: Number(sessionPid),
    terminal: Number(terminal),
    name: text.slice(text.indexOf('(') + 1, nameEnd),
  };
}

/** Null for what is someone else's: a process whose environment cannot be read looks as if it had none. */
async function workingFolder(process: string): Promise<string | null> {
  const folder = await readlink(`${process}/cwd`).catch(emptyIfNotShown);
  return folder === '' ? null : folder.replace(/ \(deleted\)$/, '');
}

/** For what is in the memory of another process, which may keep us waiting. */
const readIfAllowed = (file: string): Promise<string> =>
  readFile(file, 'latin1').catch(emptyIfNotShown);

/** For what the kernel answers by itself: a way through the thread pool for each file takes ten times as long. */
function readAtOnce(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch (error) {
    return emptyIfNotShown(error);
  }
}

/** The process ended meanwhile, or is someone else's. */
function emptyIfNotShown(error: unknown): string {
  if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(systemErrorCode(error) ?? '')) return '';
  throw error;
}
