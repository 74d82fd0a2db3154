import type { ProcessIdentity } from '../../lib/process.ts';
import { systemErrorCode } from '../../lib/system-error.ts';
import { familyOf, keyOf, type OwnFolder } from './family.ts';
import type { ProcessRow } from './process-row.ts';

export type EndingSystem = {
  readProcesses(): Promise<readonly ProcessRow[]>;
  signal(pid: number, signal: NodeJS.Signals): void;
  sleep(ms: number): Promise<unknown>;
  /** Milliseconds from any beginning; never jumps. */
  now(): number;
  readonly ownPid: number;
};

export type Ending = {
  readonly threadId: string;
  readonly root: ProcessIdentity | null;
  readonly known?: ReadonlySet<string>;
  readonly ownFolder?: OwnFolder | null;
};

/** How long a process may take to end cleanly. With what a cancel needs before and after it, all is over within 12 s. */
export const TERM_MS = 9_000;
/** What is still there so long after SIGKILL hangs in the system itself. */
const KILL_MS = 2_000;
const POLL_MS = 200;

/**
 * Ends everything that a thread started: SIGTERM, 9 s later SIGKILL, and looks until nothing is left. What starts
 * meanwhile is ended too. Answers with what would not end even so.
 */
export async function endFamily(
  system: EndingSystem,
  { threadId, root, known = new Set(), ownFolder = null }: Ending,
): Promise<readonly ProcessRow[]> {
  const members = new Set(known);
  const asked = new Set<string>();
  const spared = new Set([system.ownPid]);
  const beganAt = system.now();
  for (;;) {
    const rows = await system.readProcesses();
    const family = familyOf(rows, { threadId, root, ownFolder, known: members, spared });
    const elapsedMs = system.now() - beganAt;
    if (family.length === 0 || elapsedMs > TERM_MS + KILL_MS) return family;
    for (const row of family) {
      members.add(keyOf(row));
      if (elapsedMs >= TERM_MS) system.signal(row.pid, 'SIGKILL');
      else if (!asked.has(keyOf(row))) askToEnd(system, row);
      asked.add(keyOf(row));
    }
    await system.sleep(POLL_MS);
  }
}

/** A halted process receives no signals until it continues. */
function askToEnd(system: EndingSystem, { pid }: ProcessRow): void {
  system.signal(pid, 'SIGTERM');
  system.signal(pid, 'SIGCONT');
}

/** Sends a signal; one that has ended meanwhile does not mind. Windows knows but one, and it ends the process at once. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  if (process.platform === 'win32' && signal === 'SIGCONT') return;
  try {
    process.kill(pid, signal);
  } catch (error) {
    // EPERM: it has become another user's, such as a `sudo`; it is told as one that would not end.
    if (!['ESRCH', 'EPERM'].includes(systemErrorCode(error) ?? '')) throw error;
  }
}
