import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * A process as another one can know it again. The number alone is not enough: after its end, and after a restart of
 * the machine, the system gives it to someone else.
 */
export type ProcessIdentity = {
  readonly pid: number;
  /** When it began, in the system's own terms; missing where the system does not tell. */
  readonly began?: string | undefined;
};

export const identityOf = (pid: number): ProcessIdentity => {
  const began = beginningOf(pid);
  return began === null ? { pid } : { pid, began };
};

/** Whether this very process runs. One whose beginning was not noted is known by its number alone. */
export function isRunning({ pid, began }: ProcessIdentity): boolean {
  if (!isAlive(pid)) return false;
  if (began === undefined) return true;
  const now = beginningOf(pid);
  return now === null || now === began;
}

/** Whether a process with this number runs, ours or not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // Ended, but not yet buried by its parent: in a container without an init process that may be never.
    return stateOf(pid) !== 'Z';
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Halted by a signal or a debugger: it does nothing until someone lets it continue. */
export const isSuspended = (pid: number): boolean => /^[Tt]/.test(stateOf(pid) ?? '');

/**
 * A text that changes while a process works, from its processor time; null if the system does not tell. It is to
 * be compared and nothing else.
 */
export function activityOf(pid: number): string | null {
  if (process.platform === 'linux') {
    const fields = statOf(pid);
    return fields === null ? null : `${fields[11]} ${fields[12]}`;
  }
  return askPs(pid, 'time');
}

function beginningOf(pid: number): string | null {
  if (process.platform !== 'linux') return askPs(pid, 'lstart');
  const ticks = statOf(pid)?.[19];
  // Ticks count from the start of the machine, so the same number can come again after the next one.
  return ticks === undefined ? null : `${bootId()} ${ticks}`;
}

function stateOf(pid: number): string | null {
  return process.platform === 'linux' ? (statOf(pid)?.[0] ?? null) : askPs(pid, 'state');
}

/** The fields after the name, which stands in parentheses and may hold anything; the first one is the state. */
function statOf(pid: number): string[] | null {
  const text = readIfThere(`/proc/${pid}/stat`);
  return text === null ? null : text.slice(text.lastIndexOf(')') + 2).split(' ');
}

const bootId = (): string => readIfThere('/proc/sys/kernel/random/boot_id')?.trim() ?? '';

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    // ESRCH: it ended between opening and reading. The others: a container may hide them.
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(code)) return null;
    throw error;
  }
}

/** Every Unix has `ps`; Windows does not, and tells nothing here. */
function askPs(pid: number, column: string): string | null {
  if (process.platform === 'win32') return null;
  try {
    const env = { PATH: process.env.PATH ?? '/bin:/usr/bin', LC_ALL: 'C' };
    const answer = execFileSync('ps', ['-o', `${column}=`, '-p', String(pid)], {
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    return answer === '' ? null : answer;
  } catch {
    return null; // No such process, or no `ps`.
  }
}
