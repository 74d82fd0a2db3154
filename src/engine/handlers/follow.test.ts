import { expect, test, vi } from 'vitest';
import { FakeWorld, workflowOf } from '../../../testing/engine/fake-world.ts';
import { agentId } from '../../workflow/ids.ts';

const until = (check: () => void): Promise<void> =>
  vi.waitFor(check, { timeout: 60_000, interval: 5 });

test('a lost connection of an earlier turn does not change the connection of the current turn', async () => {
  await using world = new FakeWorld();
  const id = await world.start(workflowOf(['a', 'b']), { folder: '/one' });
  const turns = () => world.local.threadOf('a').turns;
  await until(() => expect(world.local.runningAgents).toEqual(expect.arrayContaining(['a', 'b'])));
  await until(() => expect(turns()[0]?.observers.size).toBe(1));
  const [earlier] = turns()[0]?.observers ?? [];
  world.local.end('a', { result: 'Done.' });
  await until(() => expect(world.agent(id, 'a').phase.kind).toBe('settled'));
  expect(await world.engine.followUp(id, agentId('a'), 'One more thing.')).toMatchObject({
    ok: true,
  });
  await until(() => expect(turns()[1]?.observers.size).toBe(1));
  const [newest] = turns()[1]?.observers ?? [];
  const connection = () => world.agent(id, 'a').attempts[0]?.connection.kind;
  newest?.onConnection('live');
  earlier?.onConnection('reconnecting', 'The connection was lost');
  expect(connection()).toBe('live');
  newest?.onConnection('reconnecting', 'The connection was lost');
  expect(connection()).toBe('reconnecting');
});
