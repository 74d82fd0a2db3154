import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Identifies a process across restarts of the program that noted it. The pid alone is not enough, because the system
 * reuses it.
 */
export type ProcessIdentity = {
  readonly pid: number;
  /** Its start time in a form that depends on the system; missing where the system does not report it. */
  readonly began?: string | undefined;
};

export const identityOf = (pid: number): ProcessIdentity => {
  const began = startTimeOf(pid);
  return began === null ? { pid } : { pid, began };
};

/** Whether exactly this process is running. Without a start time, only the pid is compared. */
export function isRunning({ pid, began }: ProcessIdentity): boolean {
  if (!isAlive(pid)) return false;
  if (began === undefined) return true;
  const now = startTimeOf(pid);
  return now === null || now === began;
}

/** Whether any process with this pid is running. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A zombie has exited. In a container without an init process, it may never be reaped.
    return stateOf(pid) !== 'Z';
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Whether a process is stopped by a signal or a debugger. */
export const isSuspended = (pid: number): boolean => /^[Tt]/.test(stateOf(pid) ?? '');

/**
 * The processor time of a process as an opaque text, to detect whether it is working by comparing two samples; null if
 * the system does not report it.
 */
export function activityOf(pid: number): string | null {
  if (process.platform === 'linux') {
    const fields = statOf(pid);
    return fields === null ? null : `${fields[11]} ${fields[12]}`;
  }
  return queryPs(pid, 'time');
}

function startTimeOf(pid: number): string | null {
  if (process.platform !== 'linux') return queryPs(pid, 'lstart');
  const ticks = statOf(pid)?.[19];
  // Ticks count from the boot of the machine, so that the same number can recur after the next boot.
  return ticks === undefined ? null : `${bootId()} ${ticks}`;
}

function stateOf(pid: number): string | null {
  return process.platform === 'linux' ? (statOf(pid)?.[0] ?? null) : queryPs(pid, 'state');
}

/** The fields after the process name, which is in parentheses and may contain any character. The first is the state. */
function statOf(pid: number): string[] | null {
  const text = readProcFile(`/proc/${pid}/stat`);
  return text === null ? null : text.slice(text.lastIndexOf(')') + 2).split(' ');
}

const bootId = (): string => readProcFile('/proc/sys/kernel/random/boot_id')?.trim() ?? '';

function readProcFile(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    // ESRCH: the process exited between opening and reading. EACCES, EPERM: a container may hide the file.
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(code)) return null;
    throw error;
  }
}

/** One column of `ps`; null on Windows, which does not have it. */
function queryPs(pid: number, column: string): string | null {
  if (process.platform === 'win32') return null;
  try {
    const env = { PATH: process.env.PATH ?? '/bin:/usr/bin', LC_ALL: 'C' };
    const output = execFileSync('ps', ['-o', `${column}=`, '-p', String(pid)], {
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    return output === '' ? null : output;
  } catch {
    return null; // There is no such process, or no `ps`.
  }
}
