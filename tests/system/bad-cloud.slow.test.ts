import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { AgentView } from '../../src/contract/agent-views.ts';
import { oneAgent } from '../../testing/engine-workflows.ts';
import { readEvents, streamsOf } from '../../testing/ledger.ts';
import { SystemWorld } from '../../testing/system-world.ts';

/** Everything that Cursor may answer instead of doing what it was asked for. */
let world: SystemWorld;
beforeAll(async () => {
  world = await SystemWorld.open();
  await world.run('start');
});
afterEach(() => fetch(`${world.cloudUrl}/rehearsal/faults`, { method: 'DELETE' }));
afterAll(() => world.close());

const oneWorker = (...script: string[]) => oneAgent(world.repository, script);
const onCreate = { operation: 'createAgent' };

/** A relay of two; the second is launched when the first has ended. */
function relay() {
  const { agents, ...rest } = oneWorker('say Ready.');
  const [first] = agents;
  return {
    ...rest,
    agents: [first, { ...first, id: 'b', name: 'Second' }],
    connections: [{ id: 'c', source: 'a', target: 'b' }],
  };
}

const untilDetail = async (id: string, words: RegExp, of = 0): Promise<AgentView> => {
  const session = await world.until(id, ({ agents }) => words.test(agents[of]?.statusDetail ?? ''));
  return session.agents[of] as AgentView; // Its detail has just been read.
};

/** Each agent of the session was created once, whatever happened on the way. */
async function expectNothingTwice(id: string): Promise<void> {
  const { agents } = await world.ledger();
  const { agents: own } = await world.client.session(id);
  for (const { cursorAgentId } of own) {
    const known = agents.filter((agent) => agent.id === cursorAgentId);
    expect(known.map(({ creates }) => creates.accepted)).toEqual([1]);
    expect(known[0]?.runs).toHaveLength(1);
  }
}

describe('a refused key', () => {
  const refusal = { kind: 'error', code: 'unauthorized' };

  test('at the start is reported at once, with exit code 5 and the address where keys are created', async () => {
    const before = await world.json('sessions', '--all');
    await world.fault({}, refusal);
    const ended = await world.run(
      'run',
      world.write(oneWorker('say Never.')),
      '--detach',
      '--json',
    );
    expect(ended.code, ended.stderr).toBe(5);
    expect(JSON.parse(ended.stdout)).toMatchObject({ error: { code: 'unauthorized' } });
    expect(ended.stderr).toMatch(/cerevisor(?:\.mjs'?)? auth set/);
    expect(await world.json('sessions', '--all')).toEqual(before);
    const { checks } = JSON.parse((await world.run('doctor', '--json')).stdout);
    expect(checks).toContainEqual(expect.objectContaining({ name: 'Backend', state: 'failed' }));
  });

  test('in the middle holds the next agent, reports that, and continues once the key works again', async () => {
    const healed = await world.fault({ ...onCreate, nth: 2, times: 1000 }, refusal);
    const id = await world.begin(relay());
    const held = await untilDetail(id, /valid API key/, 1);
    expect(held).toMatchObject({ status: 'waiting', error: null });
    const { status, needsYou } = await world.client.session(id);
    expect({ status, suggestion: needsYou?.suggestion }).toMatchObject({
      status: 'waiting',
      suggestion: expect.stringContaining('auth set'),
    });
    await healed();
    expect((await world.run('reconnect', id)).code).toBe(0);
    await expectNothingTwice(id);
  });

  test('while an agent works does not fail the agent', async () => {
    const id = await world.begin(oneWorker('say Early.', 'wait 1h', 'say Late.'));
    await world.until(id, ({ agents }) => agents[0]?.status === 'running');
    const healed = await world.fault({ operation: 'getRun' }, refusal);
    const healedToo = await world.fault({ operation: 'streamRun' }, refusal);
    await world.fault({ operation: 'streamRun', nth: 1 }, { kind: 'cut', afterEvents: 0 });
    expect((await world.client.session(id)).status).not.toBe('failed');
    await healed();
    await healedToo();
    await world.finishRuns(id);
    expect(await world.settled(id)).toMatchObject({ status: 'finished' });
    await expectNothingTwice(id);
  });
});

test('an agent fails with the address for connecting GitHub if it is not connected', async () => {
  const helpUrl = 'https://cursor.com/dashboard?tab=integrations';
  await world.fault(onCreate, {
    kind: 'error',
    code: 'integration_not_connected',
    provider: 'github',
    helpUrl,
    message: 'GitHub is not connected',
  });
  const ended = await world.run('run', world.write(oneWorker('say Never.')));
  expect(ended.code, ended.stdout).toBe(1);
  expect(ended.stdout).toContain('GitHub is not connected');
  expect(ended.stdout.replaceAll(/\s+/g, ' ')).toContain(helpUrl);
});

test('a reached usage limit waits, needs you, and continues', async () => {
  const healed = await world.fault(onCreate, { kind: 'error', code: 'usage_limit_exceeded' });
  const id = await world.begin(oneWorker('say Done.'));
  const agent = await untilDetail(id, /usage limit/i);
  expect(agent).toMatchObject({ status: 'waiting', error: null });
  expect(await world.client.session(id)).toMatchObject({
    status: 'waiting',
    needsYou: { code: 'usage_limit', suggestion: expect.stringMatching(/limit/) },
  });
  await healed();
  expect((await world.run('reconnect', id)).code).toBe(0);
  await expectNothingTwice(id);
});

test('429 causes waiting for the time that Cursor requests, and is not a failure', async () => {
  await world.fault(
    { ...onCreate, nth: 1, times: 1 },
    { kind: 'error', code: 'rate_limit_exceeded', retryAfterSeconds: 1 },
  );
  const id = await world.begin(oneWorker('say Done.'));
  const session = await world.settled(id);
  expect(session.status).toBe('finished');
  const events = await world.client.sessionEvents(id, { types: ['LaunchDeferred', 'Launched'] });
  expect(events.items).toMatchObject([{ reason: 'rate_limited' }, { type: 'Launched', round: 1 }]);
  const [deferred, launched] = events.items;
  expect(
    Date.parse(String(launched?.at)) - Date.parse(String(deferred?.at)),
  ).toBeGreaterThanOrEqual(1_000);
  await expectNothingTwice(id);
});

describe('meaningless responses', () => {
  test.each([
    ['500', { kind: 'error', code: 'internal_error', status: 500 }],
    ['502 as a web page', { kind: 'html', status: 502 }],
    ['200 as a web page', { kind: 'html', status: 200 }],
    ['half a JSON document, after the create took effect', { kind: 'malformed', when: 'after' }],
    ['a broken connection, after the create took effect', { kind: 'reset', when: 'after' }],
  ])('%s: the create is repeated with the same id and starts one agent', async (_, effect) => {
    await world.fault({ ...onCreate, nth: 1, times: 2 }, effect);
    const id = await world.begin(oneWorker('say Done.'));
    expect(await world.settled(id)).toMatchObject({ status: 'finished' });
    await expectNothingTwice(id);
  });

  test.each([
    ['500', { kind: 'error', code: 'internal_error', status: 500 }],
    ['a web page', { kind: 'html', status: 200 }],
    ['half a JSON document', { kind: 'malformed' }],
  ])('%s to every question about the run costs nothing', async (_, effect) => {
    await world.fault({ operation: 'getRun', nth: 1, times: 3 }, effect);
    await world.fault({ operation: 'getAgent', nth: 1, times: 3 }, effect);
    const id = await world.begin(oneWorker('say Done.', 'artifact note.txt hello'));
    const session = await world.settled(id);
    expect(session).toMatchObject({ status: 'finished', agents: [{ result: 'Done.' }] });
  });

  test('a stream of garbage is read again, and every word is received once', async () => {
    await world.fault(
      { operation: 'streamRun', nth: 1, times: 3 },
      { kind: 'garbage', afterEvents: 2 },
    );
    const id = await world.begin(oneWorker('say one two three four five six seven'));
    const session = await world.settled(id);
    expect(session.agents[0]?.result).toBe('one two three four five six seven');
    const { agents } = await world.ledger();
    const own = agents.filter((agent) => agent.id === session.agents[0]?.cursorAgentId);
    const { sent, stored } = streamsOf({ agents: own }, await readEvents(world.client, id));
    expect(stored).toEqual(sent);
  });
});
