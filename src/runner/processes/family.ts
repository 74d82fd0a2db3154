import { isWithin } from '../../lib/folders.ts';
import type { ProcessIdentity } from '../../lib/process.ts';
import type { ProcessRow } from './process-row.ts';

/** A working folder in which nobody but one thread works; without links. */
export type OwnFolder = {
  readonly path: string;
  /** When the first process of the thread began: what is older is not the thread's. */
  readonly since: string;
};

/** Defines which processes a thread has started. */
export type FamilySearch = {
  readonly threadId: string;
  /** The host; null when it is not known, or has ended. */
  readonly root: ProcessIdentity | null;
  readonly ownFolder: OwnFolder | null;
  /** Members seen before: they stay members when their parents end. Each is `keyOf` a row. */
  readonly known: ReadonlySet<string>;
  /** Never members: the runner itself. */
  readonly spared: ReadonlySet<number>;
};

/** Names a process for good; numbers alone are given again. */
export const keyOf = ({ pid, began }: Pick<ProcessRow, 'pid' | 'began'>): string =>
  `${pid} ${began}`;

/**
 * The root, what it opened a session for, what carries the thread's mark, what was known before, strays in the thread's
 * own folder, and everything that these started. Pure: the same rows give the same members.
 */
export function familyOf(rows: readonly ProcessRow[], search: FamilySearch): readonly ProcessRow[] {
  const isRoot = rootTest(search.root);
  const rootPid = rows.find(isRoot)?.pid ?? null;
  const children = Map.groupBy(rows, ({ parentPid }) => parentPid);
  const members = new Map<number, ProcessRow>();
  const queue = rows.filter(
    (row) =>
      isRoot(row) ||
      row.threadId === search.threadId ||
      search.known.has(keyOf(row)) ||
      isStrayOf(search, row) ||
      (rootPid !== null && row.sessionPid === rootPid),
  );
  for (const row of queue) {
    if (members.has(row.pid) || search.spared.has(row.pid) || row.pid <= 1) continue;
    members.set(row.pid, row);
    queue.push(...(children.get(row.pid) ?? []));
  }
  return [...members.values()];
}

function rootTest(root: ProcessIdentity | null): (row: ProcessRow) => boolean {
  if (root === null) return () => false;
  // Where the beginning was not noted the number may be anyone's by now, and the mark has to do.
  return (row) => root.began !== undefined && row.pid === root.pid && row.began === root.began;
}

function isStrayOf({ ownFolder }: FamilySearch, row: ProcessRow): boolean {
  if (ownFolder === null || row.strayFolder === null || row.threadId !== null) return false;
  return isWithin(ownFolder.path, row.strayFolder) && isYounger(row.began, ownFolder.since);
}

/** Beginnings end with a number that grows, behind what names the run of the machine. */
function isYounger(one: string, other: string): boolean {
  const [oneRun, oneTicks] = split(one);
  const [otherRun, otherTicks] = split(other);
  return oneRun === otherRun && oneTicks >= otherTicks;
}

const split = (began: string): readonly [string, number] => {
  const gap = began.lastIndexOf(' ');
  return [began.slice(0, gap), Number(began.slice(gap + 1))];
};
