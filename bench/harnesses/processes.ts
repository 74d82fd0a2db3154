import { readdirSync, readFileSync } from 'node:fs';

export type Cost = {
  /** Private memory plus a proportional share of the memory shared with other processes. */
  readonly memoryBytes: number;
  readonly processorSeconds: number;
};

/** The unit in which Linux reports processor time. */
const TICKS_PER_SECOND = 100;

/**
 * The current cost of processes and of all their descendants that are still running. The processor time of descendants
 * that exited is included in that of their parents.
 */
export function costOf(roots: readonly number[]): Cost {
  const pids = new Set(roots);
  // Iterates over the process ids that are added during the loop, too.
  for (const pid of pids) for (const child of childrenOf(pid)) pids.add(child);
  const costs = [...pids].map(costOfOne);
  return {
    memoryBytes: sum(costs.map(({ memoryBytes }) => memoryBytes)),
    processorSeconds: sum(costs.map(({ processorSeconds }) => processorSeconds)),
  };
}

/**
 * Reads the children from the process's own entry, because scanning all processes takes longer than some of them live.
 */
function childrenOf(pid: number): readonly number[] {
  const threads = namesIn(`/proc/${pid}/task`);
  return threads.flatMap((thread) =>
    (textOf(`/proc/${pid}/task/${thread}/children`).match(/\d+/g) ?? []).map(Number),
  );
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // The process has exited.
  }
}

const sum = (values: readonly number[]): number => values.reduce((one, other) => one + other, 0);

function costOfOne(pid: number): Cost {
  const stat = textOf(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // utime and stime of the process and of its children that have exited (cutime and cstime).
  const ticks = sum(fields.slice(11, 15).map(Number));
  // For a process that is not dumpable, only the resident size, which includes shared memory, is readable.
  const [, kilobytes = '0'] =
    /^Pss:\s+(\d+) kB/m.exec(textOf(`/proc/${pid}/smaps_rollup`)) ??
    /^VmRSS:\s+(\d+) kB/m.exec(textOf(`/proc/${pid}/status`)) ??
    [];
  return { memoryBytes: Number(kilobytes) * 1024, processorSeconds: ticks / TICKS_PER_SECOND };
}

/** Returns an empty string if the process has exited. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
