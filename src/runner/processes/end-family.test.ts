import { expect, test } from 'vitest';
import { endFamily, TERM_MS } from './end-family.ts';
import type { ProcessRow } from './process-row.ts';

/** Processes that end by the signals named, and may start others when they are told to end. */
function machine(
  processes: readonly { pid: number; endsBy: readonly string[]; starts?: number }[],
) {
  const alive = new Map(processes.map((one) => [one.pid, one]));
  const signals: string[] = [];
  let now = 0;
  const rowOf = (pid: number): ProcessRow => ({
    pid,
    parentPid: 1,
    began: 'b',
    sessionPid: null,
    threadId: 'agent-1',
    strayFolder: null,
    name: `p${pid}`,
  });
  return {
    signals,
    elapsed: () => now,
    system: {
      readProcesses: async () => [...alive.keys()].map(rowOf),
      signal: (pid: number, signal: NodeJS.Signals) => {
        signals.push(`${signal} ${pid}`);
        const one = alive.get(pid);
        if (one?.endsBy.includes(signal) !== true) return;
        alive.delete(pid);
        if (one.starts !== undefined)
          alive.set(one.starts, { pid: one.starts, endsBy: ['SIGKILL'] });
      },
      sleep: async (ms: number) => {
        now += ms;
      },
      now: () => now,
      ownPid: 5,
    },
  };
}

test('asks first, and confirms that nothing is left', async () => {
  const world = machine([{ pid: 10, endsBy: ['SIGTERM'] }]);
  expect(await endFamily(world.system, { threadId: 'agent-1', root: null })).toEqual([]);
  expect(world.signals).toEqual(['SIGTERM 10', 'SIGCONT 10']);
});

test('kills what does not listen, and what it starts meanwhile, within 12 s', async () => {
  const world = machine([
    { pid: 10, endsBy: ['SIGKILL'] },
    { pid: 11, endsBy: ['SIGTERM'], starts: 12 },
  ]);
  expect(await endFamily(world.system, { threadId: 'agent-1', root: null })).toEqual([]);
  expect(world.signals).toContain('SIGKILL 10');
  expect(world.signals).toContain('SIGKILL 12');
  expect(world.elapsed()).toBeGreaterThanOrEqual(TERM_MS);
  expect(world.elapsed()).toBeLessThan(11_000);
});

test('names what would not end even so', async () => {
  const world = machine([{ pid: 10, endsBy: [] }]);
  const left = await endFamily(world.system, { threadId: 'agent-1', root: null });
  expect(left.map(({ name }) => name)).toEqual(['p10']);
});
