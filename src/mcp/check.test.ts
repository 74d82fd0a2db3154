import { join } from 'node:path';
import { expect, test } from 'vitest';
import { McpServerChecker } from './check.ts';

const context = { cwd: import.meta.dirname, environment: { PATH: process.env.PATH ?? '' } };
const server = join(import.meta.dirname, '../../tests/conformance/local-mcp-server.mjs');

test('a working server lists its tools, and a broken one reports its problem', async () => {
  const checker = new McpServerChecker();
  const [works, fails, unreachable] = await checker.check(
    [
      { name: 'works', command: process.execPath, args: [server] },
      { name: 'fails', command: join(import.meta.dirname, 'no-such-program') },
      { name: 'away', url: 'http://127.0.0.1:9/mcp' },
    ],
    context,
  );
  expect(works).toMatchObject({ name: 'works', problem: null });
  expect(works?.tools?.length).toBeGreaterThan(0);
  expect(fails?.tools).toBeNull();
  expect(fails?.problem).toContain('no-such-program');
  expect(unreachable?.problem).toEqual(expect.any(String));
});

test('a program that ends at once is told from one that cannot be started', async () => {
  const ends = { name: 'ends', command: process.execPath, args: ['-e', 'process.exit(3)'] };
  const [check] = await new McpServerChecker().check([ends], context);
  expect(check?.problem).toBe(
    'its program ended before it answered. Run the command in a terminal to see why.',
  );
});

test('a result is cached for some minutes', async () => {
  let now = 0;
  const checker = new McpServerChecker(() => now);
  const works = { name: 'works', command: process.execPath, args: [server] };
  const first = await checker.check([works], context);
  const again = await checker.check([works], context);
  expect(again[0]).toBe(first[0]);
  now = 10 * 60_000;
  expect((await checker.check([works], context))[0]).not.toBe(first[0]);
});
