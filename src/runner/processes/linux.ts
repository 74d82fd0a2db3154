import { readdir, readFile } from 'node:fs/promises';
import { systemErrorCode } from '../../lib/durable-file.ts';
import type { ProcessRow } from './process-row.ts';
import { threadIn } from './thread-mark.ts';

export async function readLinuxProcesses(root = '/proc'): Promise<readonly ProcessRow[]> {
  const [names, boot] = [
    await readdir(root),
    (await readIfAllowed(`${root}/sys/kernel/random/boot_id`)).trim(),
  ];
  const rows: ProcessRow[] = [];
  for (const name of names) {
    if (!/^\d+$/.test(name)) continue;
    const row = parseStat(await readIfAllowed(`${root}/${name}/stat`), boot);
    if (row === null) continue;
    const environment = await readIfAllowed(`${root}/${name}/environ`);
    rows.push({ ...row, threadId: threadIn(environment.split('\0')) });
  }
  return rows;
}

/** The name stands in parentheses and may hold anything, so the other fields are counted from its end. */
function parseStat(text: string, boot: string): Omit<ProcessRow, 'threadId'> | null {
  const nameEnd = text.lastIndexOf(')');
  const fields = text.slice(nameEnd + 2).split(' ');
  const [state, parentPid, , sessionPid] = fields;
  const ticks = fields[19];
  // Z, X: it has ended and waits only for its parent to hear of it.
  if (nameEnd === -1 || ticks === undefined || state === 'Z' || state === 'X') return null;
  return {
    pid: Number.parseInt(text, 10),
    parentPid: Number(parentPid),
    // As `identityOf` notes it.
    began: `${boot} ${ticks}`,
    sessionPid: Number(sessionPid),
    name: text.slice(text.indexOf('(') + 1, nameEnd),
  };
}

/** Empty when the process ended meanwhile, or is somebody else's. */
async function readIfAllowed(file: string): Promise<string> {
  try {
    return await readFile(file, 'latin1');
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(systemErrorCode(error) ?? '')) return '';
    throw error;
  }
}
