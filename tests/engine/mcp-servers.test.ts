import { afterEach, beforeEach, expect, test } from 'vitest';
import type { StartRequest } from '../../src/engine/api.ts';
import { FakeWorld, workflowOf } from '../../testing/engine/fake-world.ts';

let world: FakeWorld;
beforeEach(() => {
  world = new FakeWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

const request = {
  workflow: workflowOf(['a'], [], { mcpServers: [{ name: 'tools', command: 'tools' }] }),
  folder: '/one',
};

/** As a person answers what is asked before the run. */
async function trusted(): Promise<StartRequest> {
  const { confirmations } = await world.engine.preflight(request);
  return {
    ...request,
    confirmed: confirmations.map(({ kind }) => kind),
    confirmedContent: Object.fromEntries(
      confirmations.flatMap(({ kind, content }) =>
        content === undefined ? [] : [[kind, content]],
      ),
    ),
  };
}

test('a server that cannot be used is reported by the start that grants trust, and no agent runs without it', async () => {
  world.brokenServers.set('tools', 'there is no such command.');
  const start = await trusted();
  expect(start.confirmed).toContain('trust-workflow');
  expect(await world.engine.start(start)).toMatchObject({
    ok: false,
    error: { code: 'preflight_failed', problems: [{ code: 'mcp_server_failed' }] },
  });
  expect(world.local.runningAgents).toEqual([]);
});

test('once the server works, the same start is accepted', async () => {
  expect(await world.engine.start(await trusted())).toMatchObject({ ok: true });
});
