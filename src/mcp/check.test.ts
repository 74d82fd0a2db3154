import { join } from 'node:path';
import { expect, test } from 'vitest';
import { McpChecks } from './check.ts';

const place = { cwd: import.meta.dirname, environment: { PATH: process.env.PATH ?? '' } };
const server = join(import.meta.dirname, '../../tests/conformance/local-mcp-server.mjs');

test('a server that works lists its tools, and one that does not says why', async () => {
  const checks = new McpChecks();
  const [works, fails, away] = await checks.check(
    [
      { name: 'works', command: process.execPath, args: [server] },
      { name: 'fails', command: join(import.meta.dirname, 'no-such-program') },
      { name: 'away', url: 'http://127.0.0.1:9/mcp' },
    ],
    place,
  );
  expect(works).toMatchObject({ name: 'works', problem: null });
  expect(works?.tools?.length).toBeGreaterThan(0);
  expect(fails?.tools).toBeNull();
  expect(fails?.problem).toContain('no-such-program');
  expect(away?.problem).toEqual(expect.any(String));
});

test('what was found is asked for again only after some minutes', async () => {
  let now = 0;
  const checks = new McpChecks(() => now);
  const works = { name: 'works', command: process.execPath, args: [server] };
  const first = await checks.check([works], place);
  const again = await checks.check([works], place);
  expect(again[0]).toBe(first[0]);
  now = 10 * 60_000;
  expect((await checks.check([works], place))[0]).not.toBe(first[0]);
});
