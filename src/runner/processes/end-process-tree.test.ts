import { expect, test } from 'vitest';
import { endProcessTree, TERM_MS } from './end-process-tree.ts';
import type { ProcessRow } from './process-row.ts';

/** Processes that exit on the named signals, and may start another process when they do. */
function machine(
  processes: readonly { pid: number; endsBy: readonly string[]; starts?: number }[],
) {
  const alive = new Map(processes.map((process) => [process.pid, process]));
  const signals: string[] = [];
  let now = 0;
  const rowOf = (pid: number): ProcessRow => ({
    pid,
    parentPid: 1,
    began: 'b',
    sessionPid: null,
    threadId: 'agent-1',
    detachedFolder: null,
    name: `p${pid}`,
  });
  return {
    signals,
    elapsed: () => now,
    system: {
      readProcesses: async () => [...alive.keys()].map(rowOf),
      signal: (pid: number, signal: NodeJS.Signals) => {
        signals.push(`${signal} ${pid}`);
        const process = alive.get(pid);
        if (process?.endsBy.includes(signal) !== true) return;
        alive.delete(pid);
        if (process.starts !== undefined)
          alive.set(process.starts, { pid: process.starts, endsBy: ['SIGKILL'] });
      },
      sleep: async (ms: number) => {
        now += ms;
      },
      now: () => now,
      ownPid: 5,
    },
  };
}

test('sends SIGTERM first and confirms that no process is left', async () => {
  const system = machine([{ pid: 10, endsBy: ['SIGTERM'] }]);
  expect(await endProcessTree(system.system, { threadId: 'agent-1', root: null })).toEqual([]);
  expect(system.signals).toEqual(['SIGTERM 10', 'SIGCONT 10']);
});

test('kills processes that ignore SIGTERM, and those started in the meantime, within 12 s', async () => {
  const system = machine([
    { pid: 10, endsBy: ['SIGKILL'] },
    { pid: 11, endsBy: ['SIGTERM'], starts: 12 },
  ]);
  expect(await endProcessTree(system.system, { threadId: 'agent-1', root: null })).toEqual([]);
  expect(system.signals).toContain('SIGKILL 10');
  expect(system.signals).toContain('SIGKILL 12');
  expect(system.elapsed()).toBeGreaterThanOrEqual(TERM_MS);
  expect(system.elapsed()).toBeLessThan(11_000);
});

test('ends a process that one reading of the processes missed', async () => {
  const { system, signals } = machine([{ pid: 10, endsBy: ['SIGTERM'], starts: 11 }]);
  let readings = 0;
  const readProcesses = async () => {
    const rows = await system.readProcesses();
    readings += 1;
    return readings === 2 ? [] : rows;
  };
  const ended = endProcessTree({ ...system, readProcesses }, { threadId: 'agent-1', root: null });
  expect(await ended).toEqual([]);
  expect(signals).toContain('SIGKILL 11');
});

test('returns the processes that survive SIGKILL', async () => {
  const system = machine([{ pid: 10, endsBy: [] }]);
  const left = await endProcessTree(system.system, { threadId: 'agent-1', root: null });
  expect(left.map(({ name }) => name)).toEqual(['p10']);
});
