import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ProcessRow } from './process-row.ts';
import { threadIn } from './thread-mark.ts';

const run = promisify(execFile);
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** For macOS and other Unix systems. `-E` prints the environment of the user's own processes after their command. */
export async function readPsProcesses(): Promise<readonly ProcessRow[]> {
  const [table, environments] = await Promise.all([
    ps(['-axo', 'pid=,ppid=,sess=,stat=,lstart=,comm=']),
    ps(['-axwwE', '-o', 'pid=,command=']),
  ]);
  const threads = parseEnvironments(environments);
  return parseTable(table).map((row) => ({ ...row, threadId: threads.get(row.pid) ?? null }));
}

async function ps(args: readonly string[]): Promise<string> {
  const { stdout } = await run('ps', [...args], {
    env: { PATH: process.env.PATH ?? '/bin:/usr/bin', LC_ALL: 'C' },
    maxBuffer: MAX_OUTPUT_BYTES,
  });
  return stdout;
}

/** `  412     1      0 Ss   Thu Nov 26 02:30:00 2026     /usr/sbin/cron` */
const line = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(\S+)\s+(\w{3} \w{3} [ \d]\d [\d:]{8} \d{4})\s+(.*)$/;

export function parseTable(text: string): readonly Omit<ProcessRow, 'threadId'>[] {
  return text.split('\n').flatMap((row) => {
    const [, pid, parentPid, , state, began, name] = line.exec(row) ?? [];
    if (pid === undefined || began === undefined || state?.startsWith('Z')) return [];
    // macOS prints the address of the session, not the pid of its leader.
    return [
      {
        pid: Number(pid),
        parentPid: Number(parentPid),
        began,
        sessionPid: null,
        detachedFolder: null,
        name: name ?? '',
      },
    ];
  });
}

export function parseEnvironments(text: string): ReadonlyMap<number, string> {
  return new Map(
    text.split('\n').flatMap((row) => {
      const pieces = row.trim().split(' ');
      const threadId = threadIn(pieces);
      return threadId === null ? [] : [[Number(pieces[0]), threadId] as const];
    }),
  );
}
