import { expect, test } from 'vitest';
import { sessionStatus } from '../../src/session/status/session-status.ts';
import { oneAgent } from '../../testing/engine-workflows.ts';
import { agentNamed, isOver, openWorld, start } from '../../testing/engine-world.ts';

test('a cancellation that Cursor does not confirm is reported, and can be requested again', async () => {
  await using world = await openWorld();
  await world.fault({
    match: { operation: 'cancelRun' },
    effect: { kind: 'error', code: 'internal_error', status: 500 },
  });
  const id = await start(world, oneAgent(world.repository, ['wait 1h', 'conclude']));
  await world.until(id, (state) => agentNamed(state, 'a').phase.kind === 'running');
  await world.engine.cancel(id);
  const told = await world.until(id, (state) => agentNamed(state, 'a').cancel?.unconfirmed != null);
  expect(sessionStatus(told)).toBe('waiting');
  await fetch(`${world.rehearsal.url}/rehearsal/faults`, { method: 'DELETE' });
  await world.engine.cancel(id);
  expect((await world.until(id, isOver)).phase).toMatchObject({ outcome: 'cancelled' });
});
