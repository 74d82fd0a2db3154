import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openRequestsOf } from '../../src/session/requests/tool-requests.ts';
import { queuedAgents } from '../../src/session/status/queue.ts';
import { FakeWorld, workflowOf } from '../../testing/engine/fake-world.ts';

let world: FakeWorld;
beforeEach(() => {
  world = new FakeWorld({ requestsTools: true });
});
afterEach(() => world[Symbol.asyncDispose]());

const inPlace = { local: { isolation: 'in-place' } };
const trusted = { confirmed: ['trust-workflow', 'run-without-sandbox'] } as const;
const waitingReason = (id: Id, agent: string) => {
  const { phase } = world.agent(id, agent);
  return phase.kind === 'waiting' ? (phase.deferred?.failure ?? null) : null;
};

type Id = Parameters<FakeWorld['agent']>[0];

/** A tool call of the agent asks, and the session knows of it. */
async function asks(id: Id, agent: string): Promise<void> {
  world.local.ask(agent);
  await expect
    .poll(() => openRequestsOf(world.state(id)).map((one) => one.agent.id))
    .toContain(agent);
}

async function allowFirst(id: Id): Promise<void> {
  const [open] = openRequestsOf(world.state(id));
  const request = open?.request.requestId ?? 'none';
  const given = { request, decision: 'allow', scope: 'once', by: 'test' } as const;
  expect(await world.engine.answerToolRequest(id, given)).toMatchObject({ ok: true });
}

describe('parallel agents on this machine', () => {
  test('are limited across all sessions, and each free slot is used', async () => {
    world.settings.maxLiveLocal = 3;
    const first = await world.start(workflowOf(['a', 'b']), { folder: '/one' });
    await expect.poll(() => world.local.runningAgents).toEqual(['a', 'b']);
    const second = await world.start(workflowOf(['c', 'd']), { folder: '/two' });
    await expect.poll(() => waitingReason(second, 'd')).not.toBeNull();
    await expect.poll(() => world.local.runningAgents).toEqual(['a', 'b', 'c']);
    expect(waitingReason(second, 'd')).toMatchObject({
      code: 'concurrency_limit',
      message: expect.stringContaining('3 agents are running on this machine'),
    });
    expect([...queuedAgents(world.state(second))]).toEqual(['d']);
    world.local.end('a');
    await expect.poll(() => world.local.runningAgents).toEqual(['b', 'c', 'd']);
    for (const agent of ['b', 'c', 'd']) world.local.end(agent);
    await expect.poll(() => world.state(second).phase).toMatchObject({ outcome: 'finished' });
    await expect.poll(() => world.state(first).phase).toMatchObject({ outcome: 'finished' });
  });

  test('are joined by others while they wait for an answer, up to twice the limit of the session', async () => {
    const workflow = workflowOf(['a', 'b', 'c', 'd', 'e'], [], {
      local: { maxConcurrentAgents: 2 },
      permissions: { execution: 'ask' },
    });
    const id = await world.start(workflow, { folder: '/one' });
    await expect.poll(() => world.local.runningAgents).toEqual(['a', 'b']);
    await asks(id, 'a');
    await expect.poll(() => world.local.runningAgents).toEqual(['a', 'b', 'c']);
    await asks(id, 'b');
    await expect.poll(() => world.local.runningAgents).toEqual(['a', 'b', 'c', 'd']);
    await asks(id, 'c');
    expect([...queuedAgents(world.state(id))]).toEqual(['e']);
    await allowFirst(id);
    // The first one works again, above the limit: nothing new begins until a slot is free.
    expect([...queuedAgents(world.state(id))]).toEqual(['e']);
    world.local.end('a');
    await expect.poll(() => world.local.runningAgents).toEqual(['b', 'c', 'd', 'e']);
  });

  test('let other sessions begin while they wait for an answer', async () => {
    world.settings.maxLiveLocal = 1;
    const asking = workflowOf(['a'], [], { permissions: { execution: 'ask' } });
    const first = await world.start(asking, { folder: '/one' });
    await expect.poll(() => world.local.runningAgents).toEqual(['a']);
    const second = await world.start(workflowOf(['b']), { folder: '/two' });
    await expect.poll(() => waitingReason(second, 'b')).not.toBeNull();
    await asks(first, 'a');
    await expect.poll(() => world.local.runningAgents).toEqual(['a', 'b']);
    const third = await world.start(workflowOf(['c']), { folder: '/three' });
    await expect.poll(() => waitingReason(third, 'c')).not.toBeNull();
    expect(world.local.runningAgents).toEqual(['a', 'b']);
  });

  test('keep the folder that they work in while they wait for an answer', async () => {
    const workflow = workflowOf(['a', 'b'], [], { ...inPlace, permissions: { execution: 'ask' } });
    const id = await world.start(workflow, { folder: '/one', ...trusted });
    await expect.poll(() => world.local.runningAgents).toEqual(['a']);
    await asks(id, 'a');
    expect([...queuedAgents(world.state(id))]).toEqual(['b']);
    expect(waitingReason(id, 'b')).toBeNull();
    world.local.end('a');
    await expect.poll(() => world.local.runningAgents).toEqual(['b']);
  });

  test('are counted separately from agents in the cloud', async () => {
    world.settings.maxLiveLocal = 1;
    world.settings.maxLiveCloud = 1;
    const agents = ['a', 'b'].flatMap((id) => [id, { id: `${id}-cloud`, runMode: 'cloud' }]);
    const id = await world.start(workflowOf(agents), { folder: '/one' });
    await expect.poll(() => waitingReason(id, 'b')).not.toBeNull();
    await expect.poll(() => waitingReason(id, 'b-cloud')).not.toBeNull();
    await expect.poll(() => world.local.runningAgents).toEqual(['a']);
    await expect.poll(() => world.cloud.runningAgents).toEqual(['a-cloud']);
    world.cloud.end('a-cloud');
    await expect.poll(() => world.cloud.runningAgents).toEqual(['b-cloud']);
    expect(world.local.runningAgents).toEqual(['a']);
  });

  test('are limited by the workflow within its own session', async () => {
    const workflow = workflowOf(['a', 'b', 'c'], [], { local: { maxConcurrentAgents: 2 } });
    const id = await world.start(workflow, { folder: '/one' });
    await expect.poll(() => world.local.runningAgents).toEqual(['a', 'b']);
    expect([...queuedAgents(world.state(id))]).toEqual(['c']);
    world.local.end('b');
    await expect.poll(() => world.local.runningAgents).toEqual(['a', 'c']);
  });

  test('keep their slots across a restart', async () => {
    world.settings.maxLiveLocal = 1;
    const id = await world.start(workflowOf(['a', 'b']), { folder: '/one' });
    await expect.poll(() => waitingReason(id, 'b')).not.toBeNull();
    await world.restart();
    await expect.poll(() => world.local.runningAgents).toEqual(['a']);
    await world.restart(() => world.local.end('a'));
    await expect.poll(() => world.local.runningAgents).toEqual(['b']);
    expect(world.agent(id, 'a').attempts).toHaveLength(1);
  });
});

describe('agents that work in the folder itself', () => {
  test('take turns, also with those of another session in a folder inside it', async () => {
    const workflow = workflowOf(['a', 'b'], [], inPlace);
    const first = await world.start(workflow, { folder: '/shop', ...trusted });
    await expect.poll(() => world.local.runningAgents).toEqual(['a']);
    const inside = workflowOf(['c'], [], inPlace);
    const second = await world.start(inside, { folder: '/shop/app', ...trusted });
    await expect
      .poll(() => waitingReason(second, 'c'))
      .toMatchObject({
        code: 'folder_busy',
        message:
          'Another agent is working in /shop. This one starts as soon as that one has finished.',
      });
    expect([...queuedAgents(world.state(first))]).toEqual(['b']);
    expect(world.local.runningAgents).toEqual(['a']);
    world.local.end('a');
    await expect.poll(() => world.local.runningAgents).toHaveLength(1);
    const [next = ''] = world.local.runningAgents;
    expect(['b', 'c']).toContain(next);
    world.local.end(next);
    await expect.poll(() => world.local.runningAgents).toEqual(next === 'b' ? ['c'] : ['b']);
  });

  test('do not block agents in other folders or with worktrees', async () => {
    const workflow = (id: string, settings = {}) => workflowOf([id], [], settings);
    await world.start(workflow('a', inPlace), { folder: '/shop', ...trusted });
    await expect.poll(() => world.local.runningAgents).toEqual(['a']);
    await world.start(workflow('b', inPlace), { folder: '/shop-two', ...trusted });
    await world.start(workflow('c'), { folder: '/shop' });
    await expect.poll(() => world.local.runningAgents).toEqual(['a', 'b', 'c']);
  });

  test('get a message only when no other agent is running in the folder', async () => {
    const first = await world.start(workflowOf(['a'], [], inPlace), {
      folder: '/shop',
      ...trusted,
    });
    await expect.poll(() => world.local.runningAgents).toEqual(['a']);
    world.local.end('a');
    await expect.poll(() => world.state(first).phase).toMatchObject({ outcome: 'finished' });
    await world.start(workflowOf(['b'], [], inPlace), { folder: '/shop', ...trusted });
    await expect.poll(() => world.local.runningAgents).toEqual(['b']);
    expect(
      await world.engine.followUp(first, world.agent(first, 'a').id, 'And the tests?'),
    ).toEqual({ ok: true, value: undefined });
    await expect
      .poll(() => world.agent(first, 'a').attempts[0]?.connection.reason)
      .toContain('Another agent is working in /shop.');
    expect(world.local.threadOf('a').turns).toHaveLength(1);
    world.local.end('b');
    await expect.poll(() => world.local.threadOf('a').turns.length).toBe(2);
    expect(world.local.threadOf('a').turns[1]?.prompt).toContain('And the tests?');
  });
});
