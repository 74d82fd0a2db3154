import { readdirSync, readFileSync } from 'node:fs';

export type Cost = {
  /** What belongs to them alone, and their share of what they have in common with others. */
  readonly memoryBytes: number;
  readonly processorSeconds: number;
};

/** As Linux counts processor time for programs. */
const TICKS_PER_SECOND = 100;

/** What processes, and everything that they have started and that still runs, take now. What has ended is counted by its parent. */
export function costOf(roots: readonly number[]): Cost {
  const pids = new Set(roots);
  // What is added on the way is looked at, too.
  for (const pid of pids) for (const child of childrenOf(pid)) pids.add(child);
  const costs = [...pids].map(costOfOne);
  return {
    memoryBytes: sum(costs.map(({ memoryBytes }) => memoryBytes)),
    processorSeconds: sum(costs.map(({ processorSeconds }) => processorSeconds)),
  };
}

/** Asked of the process itself: to look through all processes takes longer than some of them live. */
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
    return []; // It has ended.
  }
}

const sum = (values: readonly number[]): number => values.reduce((one, other) => one + other, 0);

function costOfOne(pid: number): Cost {
  const stat = textOf(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // utime, stime, and those of children that have been waited for.
  const ticks = sum(fields.slice(11, 15).map(Number));
  // A process that hides from debuggers shows only what is resident, what it shares included.
  const [, kilobytes = '0'] =
    /^Pss:\s+(\d+) kB/m.exec(textOf(`/proc/${pid}/smaps_rollup`)) ??
    /^VmRSS:\s+(\d+) kB/m.exec(textOf(`/proc/${pid}/status`)) ??
    [];
  return { memoryBytes: Number(kilobytes) * 1024, processorSeconds: ticks / TICKS_PER_SECOND };
}

/** Empty for a process that has ended meanwhile. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
