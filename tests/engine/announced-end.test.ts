import { expect, test } from 'vitest';
import { agentNamed, isOver, openWorld, start } from '../../testing/engine-world.ts';

const pair = (repository: string) => ({
  version: '1.0',
  id: 'pair',
  name: 'Pair',
  agents: [
    {
      id: 'a',
      name: 'First',
      instructions: '```rehearse\nsay Early.\nread README.md\nsay The end.\n```',
    },
    { id: 'b', name: 'Second', instructions: '```rehearse\nsay Done.\n```' },
  ],
  connections: [{ id: 'c', source: 'a', target: 'b', handoffFormat: 'full-output' }],
  settings: { runMode: 'cloud', cloud: { repos: [{ url: repository }] } },
});

test('a run that its stream reported as finished settles although its record stays at RUNNING, and the record is read again', async () => {
  await using world = await openWorld({
    followLimits: { endingSilenceMs: 500, backoff: { baseMs: 50, capMs: 200 } },
  });
  const match = {};
  await world.fault({ match, effect: { kind: 'no-end' } });
  await world.fault({ match, effect: { kind: 'frozen-record' } });
  const id = await start(world, pair(world.repository));
  const settled = await world.until(id, isOver);
  expect(settled.phase).toMatchObject({ outcome: 'finished' });
  const run = agentNamed(settled, 'a').attempts[0]?.turns[0];
  expect(run?.ended).toMatchObject({ outcome: 'finished', source: 'stream', check: 'open' });
  expect(run?.ended?.result).toMatch(/The end\./);
  const [handoff] = world.journal
    .sessionEvents(id, { limit: 10, types: ['HandoffStored'] })
    .map(({ event }) => event);
  expect(handoff).toMatchObject({ content: expect.stringContaining('The end.') });
  await fetch(`${world.rehearsal.url}/rehearsal/faults`, { method: 'DELETE' });
  await world.engine.reconnect(id);
  const confirmed = await world.until(id, (state) => {
    const ended = agentNamed(state, 'a').attempts[0]?.turns[0]?.ended;
    return ended?.check === 'confirmed';
  });
  expect(confirmed.phase).toMatchObject({ outcome: 'finished' });
});
