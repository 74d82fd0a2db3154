import type { ProcessIdentity } from '../../lib/process.ts';
import { systemErrorCode } from '../../lib/system-error.ts';
import type { ProcessRow } from './process-row.ts';
import { type ExclusiveFolder, processKey, processTreeOf } from './process-tree.ts';

export type ProcessSystem = {
  readProcesses(): Promise<readonly ProcessRow[]>;
  signal(pid: number, signal: NodeJS.Signals): void;
  sleep(ms: number): Promise<unknown>;
  /** Monotonic, in milliseconds. */
  now(): number;
  readonly ownPid: number;
};

/** Identifies the thread whose processes are ended: see `ProcessTreeQuery`. */
export type EndRequest = {
  readonly threadId: string;
  readonly root: ProcessIdentity | null;
  readonly known?: ReadonlySet<string>;
  readonly exclusiveFolder?: ExclusiveFolder | null;
};

/**
 * How long a process may take to exit after SIGTERM. With the other steps of a cancel, everything is over within 12 s.
 */
export const TERM_MS = 9_000;
/** A process that is still alive this long after SIGKILL is stuck in the kernel. */
const KILL_MS = 2_000;
const POLL_MS = 200;

/**
 * Ends everything that a thread started: SIGTERM, 9 s later SIGKILL, until no process is left. Processes that are
 * started in the meantime are ended too. Returns the processes that could not be ended.
 */
export async function endProcessTree(
  system: ProcessSystem,
  { threadId, root, known = new Set(), exclusiveFolder = null }: EndRequest,
): Promise<readonly ProcessRow[]> {
  const members = new Set(known);
  const terminated = new Set<string>();
  const excluded = new Set([system.ownPid]);
  const startedAt = system.now();
  // A process that was just started by one that exits, or that begins another program, can be missing from one reading.
  let isAgain = false;
  for (;;) {
    const rows = await system.readProcesses();
    const tree = processTreeOf(rows, { threadId, root, exclusiveFolder, known: members, excluded });
    const elapsedMs = system.now() - startedAt;
    if (elapsedMs > TERM_MS + KILL_MS) return tree;
    if (tree.length === 0) {
      if (isAgain) return tree;
      isAgain = true;
      continue;
    }
    isAgain = false;
    for (const row of tree) {
      members.add(processKey(row));
      if (elapsedMs >= TERM_MS) system.signal(row.pid, 'SIGKILL');
      else if (!terminated.has(processKey(row))) terminate(system, row);
      terminated.add(processKey(row));
    }
    await system.sleep(POLL_MS);
  }
}

/** A stopped process handles signals only after it continues. */
function terminate(system: ProcessSystem, { pid }: ProcessRow): void {
  system.signal(pid, 'SIGTERM');
  system.signal(pid, 'SIGCONT');
}

/**
 * Sends a signal; a process that has already exited is ignored. Windows has only one kind of signal, which ends the
 * process.
 */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  if (process.platform === 'win32' && signal === 'SIGCONT') return;
  try {
    process.kill(pid, signal);
  } catch (error) {
    // EPERM: the process belongs to another user now, such as a `sudo`. It is reported as one that could not be ended.
    if (!['ESRCH', 'EPERM'].includes(systemErrorCode(error) ?? '')) throw error;
  }
}
