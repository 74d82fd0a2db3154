import { isWithin } from '../../lib/folders.ts';
import type { ProcessIdentity } from '../../lib/process.ts';
import type { ProcessRow } from './process-row.ts';

/** A working folder that only one thread uses; symbolic links are resolved. */
export type ExclusiveFolder = {
  readonly path: string;
  /** When the first process of the thread began; older processes are not the thread's. */
  readonly since: string;
};

/** Identifies the processes that a thread has started. */
export type ProcessTreeQuery = {
  readonly threadId: string;
  /** The host; null when it is unknown or has exited. */
  readonly root: ProcessIdentity | null;
  readonly exclusiveFolder: ExclusiveFolder | null;
  /** Members found before, by `processKey`: they remain members when their parent exits. */
  readonly known: ReadonlySet<string>;
  /** Pids that are never members: the runner itself. */
  readonly excluded: ReadonlySet<number>;
};

/** Identifies a process uniquely; a pid alone is reused. */
export const processKey = ({ pid, began }: Pick<ProcessRow, 'pid' | 'began'>): string =>
  `${pid} ${began}`;

/**
 * The root, the members of its session, processes with the thread's mark, known processes, detached processes in the
 * thread's own folder, and all of their descendants. Pure: the same rows give the same result.
 */
export function processTreeOf(
  rows: readonly ProcessRow[],
  query: ProcessTreeQuery,
): readonly ProcessRow[] {
  const isRoot = isRootOf(query.root);
  const rootPid = rows.find(isRoot)?.pid ?? null;
  const children = Map.groupBy(rows, ({ parentPid }) => parentPid);
  const members = new Map<number, ProcessRow>();
  const pending = rows.filter(
    (row) =>
      isRoot(row) ||
      row.threadId === query.threadId ||
      query.known.has(processKey(row)) ||
      isDetachedIn(query, row) ||
      (rootPid !== null && row.sessionPid === rootPid),
  );
  for (const row of pending) {
    if (members.has(row.pid) || query.excluded.has(row.pid) || row.pid <= 1) continue;
    members.set(row.pid, row);
    pending.push(...(children.get(row.pid) ?? []));
  }
  return [...members.values()];
}

function isRootOf(root: ProcessIdentity | null): (row: ProcessRow) => boolean {
  if (root === null) return () => false;
  // Without a start time the pid may belong to another process by now; the mark has to identify the members.
  return (row) => root.began !== undefined && row.pid === root.pid && row.began === root.began;
}

function isDetachedIn({ exclusiveFolder }: ProcessTreeQuery, row: ProcessRow): boolean {
  if (exclusiveFolder === null || row.detachedFolder === null || row.threadId !== null)
    return false;
  return (
    isWithin(exclusiveFolder.path, row.detachedFolder) &&
    isNotOlder(row.began, exclusiveFolder.since)
  );
}

/** `began` is the id of the boot, or a date, followed by a number that grows. */
function isNotOlder(one: string, other: string): boolean {
  const [oneBoot, oneTicks] = splitBegan(one);
  const [otherBoot, otherTicks] = splitBegan(other);
  return oneBoot === otherBoot && oneTicks >= otherTicks;
}

const splitBegan = (began: string): readonly [string, number] => {
  const gap = began.lastIndexOf(' ');
  return [began.slice(0, gap), Number(began.slice(gap + 1))];
};
