import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FakeWorld, REMOTE, workflowOf } from '../../testing/engine/fake-world.ts';

let world: FakeWorld;
beforeEach(() => {
  world = new FakeWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

const mayPush = { folder: '/shop', confirmed: ['push-local-branches'] } as const;
const inCloud = (id: string) => ({ id, runMode: 'cloud' });

describe('a session on this machine and in the cloud', () => {
  test('pushes each base branch of cloud agents and fetches each base branch of local agents', async () => {
    // Both ways at once: a and b swap places with c and d.
    const workflow = workflowOf(
      ['a', inCloud('b'), inCloud('c'), 'd'],
      ['a>c', 'b>d', 'b>c', 'a>d'],
    );
    const id = await world.start(workflow, mayPush);
    await expect.poll(() => world.local.runningAgents).toEqual(['a']);
    await expect.poll(() => world.cloud.runningAgents).toEqual(['b']);
    world.local.end('a');
    world.cloud.end('b');
    await expect.poll(() => world.cloud.runningAgents).toEqual(['c']);
    await expect.poll(() => world.local.runningAgents).toEqual(['d']);
    expect(world.pushed).toMatchObject([
      { folder: '/shop', branch: 'cerevisor/a', remoteUrl: REMOTE, commit: expect.any(String) },
    ]);
    const cloud = world.cloud.threadOf('c').request;
    expect(cloud.repositories).toEqual([{ url: REMOTE, startingRef: 'cerevisor/a' }]);
    expect(cloud.prompt).toContain('cursor/b');
    expect(cloud.prompt).not.toContain('/worktrees');
    expect(world.local.threadOf('d').request.workspace?.bases).toMatchObject([
      { agentName: 'Agent b', repoUrl: REMOTE, branch: 'cursor/b' },
      { agentName: 'Agent a', branch: 'cerevisor/a' },
    ]);
    world.cloud.end('c');
    world.local.end('d');
    await expect.poll(() => world.state(id).phase).toMatchObject({ outcome: 'finished' });
  });

  test('asks once whether branches may be pushed', async () => {
    const workflow = workflowOf(['a', inCloud('b')], ['a>b']);
    const refused = await world.engine.start({ workflow, folder: '/shop' });
    expect(refused).toMatchObject({ ok: false, error: { code: 'confirmation_needed' } });
    await world.start(workflow, mayPush);
    await world.start(workflow, { folder: '/shop' });
    await expect.poll(() => world.local.runningAgents).toEqual(['a', 'a']);
  });

  test('fails the agent whose base could not be pushed with the message of git, and pushes it on a retry', async () => {
    world.pushErrors.push('The remote refused the branch: permission denied.');
    const id = await world.start(workflowOf(['a', inCloud('b'), 'c'], ['a>b', 'b>c']), mayPush);
    await expect.poll(() => world.local.runningAgents).toEqual(['a']);
    world.local.end('a');
    await expect.poll(() => world.state(id).phase).toMatchObject({ outcome: 'failed' });
    expect(world.agent(id, 'b').phase).toMatchObject({
      outcome: 'failed',
      cause: { code: 'push_failed', message: expect.stringContaining('permission denied') },
    });
    expect(world.agent(id, 'c').phase).toMatchObject({ outcome: 'skipped' });
    expect(world.cloud.threads.size).toBe(0);
    await world.engine.retry(id, world.agent(id, 'b').id);
    await expect.poll(() => world.cloud.runningAgents).toEqual(['b']);
    expect(world.pushed).toMatchObject([{ branch: 'cerevisor/a' }]);
    world.cloud.end('b');
    await expect.poll(() => world.local.runningAgents).toEqual(['c']);
    world.local.end('c');
    await expect.poll(() => world.state(id).phase).toMatchObject({ outcome: 'finished' });
  });
});

describe('agents on this machine that end while the engine is not running', () => {
  test('by `stop --all` are cancelled, and no later agent starts', async () => {
    const id = await world.start(workflowOf(['a', 'b', 'c'], ['a>c', 'b>c']), { folder: '/shop' });
    await expect.poll(() => world.local.runningAgents).toEqual(['a', 'b']);
    world.local.end('a');
    await expect.poll(() => world.agent(id, 'a').phase).toMatchObject({ outcome: 'completed' });
    await world.restart(() => world.local.endAll());
    await expect.poll(() => world.state(id).phase.kind).toBe('ended');
    expect(world.agent(id, 'b').phase).toMatchObject({ outcome: 'cancelled' });
    expect(world.agent(id, 'c').phase).toMatchObject({ outcome: 'skipped' });
    expect(world.local.threads.size).toBe(2);
    expect(world.agent(id, 'a').attempts).toHaveLength(1);
  });

  test('by an interruption are resumed on the same thread, with the details from the runtime', async () => {
    const id = await world.start(workflowOf(['a']), { folder: '/shop' });
    await expect.poll(() => world.local.runningAgents).toEqual(['a']);
    const failure = { code: 'host_died', message: 'The process ended.' };
    await world.restart(() => world.local.end('a', { status: 'INTERRUPTED', failure }));
    await expect.poll(() => world.local.threadOf('a').turns.length).toBe(2);
    expect(world.local.threads.size).toBe(1);
    expect(world.local.threadOf('a').turns[1]?.prompt).toContain('was interrupted');
    world.local.end('a');
    await expect.poll(() => world.state(id).phase).toMatchObject({ outcome: 'finished' });
    expect(world.agent(id, 'a').attempts).toHaveLength(1);
  });

  test('wait for consent if the user wants to be asked', async () => {
    world.settings.resumeOnLaunch = 'ask';
    const id = await world.start(workflowOf(['a']), { folder: '/shop' });
    await expect.poll(() => world.local.runningAgents).toEqual(['a']);
    const failure = { code: 'host_died', message: 'The process ended.' };
    await world.restart(() => world.local.end('a', { status: 'INTERRUPTED', failure }));
    await expect.poll(() => world.state(id).phase.kind).toBe('held');
    expect(world.local.threadOf('a').turns).toHaveLength(1);
    await world.engine.reconnect(id);
    await expect.poll(() => world.local.threadOf('a').turns.length).toBe(2);
  });
});

describe('a local runtime that cannot start an agent at the moment', () => {
  test('is called again with the same thread, and the reason is shown', async () => {
    const error = { code: 'unreachable', message: 'The disk is full.', retryAfterMs: 1 } as const;
    world.local.refusals.push({ kind: 'wait', error });
    const id = await world.start(workflowOf(['a']), { folder: '/shop' });
    await expect.poll(() => world.local.runningAgents).toEqual(['a']);
    const [attempt, ...more] = world.agent(id, 'a').attempts;
    expect(more).toEqual([]);
    expect(world.local.threads.has(attempt?.threadId ?? '')).toBe(true);
    const told = world.journal
      .sessionEvents(id, { limit: 100, types: ['LaunchDeferred'] })
      .map(({ event }) => event);
    expect(told).toMatchObject([{ failure: { message: 'The disk is full.' } }]);
  });
});

test('an agent that failed only at its end is fixed by a follow-up, and the agents after it start', async () => {
  const id = await world.start(workflowOf(['a', 'b'], ['a>b']), { folder: '/shop' });
  await expect.poll(() => world.local.runningAgents).toEqual(['a']);
  const failure = { code: 'work_not_committed', message: 'No.', suggestion: 'Send a follow-up.' };
  world.local.end('a', { status: 'ERROR', failure });
  await expect.poll(() => world.state(id).phase).toMatchObject({ outcome: 'failed' });
  expect(world.agent(id, 'a').phase).toMatchObject({ cause: failure });
  await world.engine.followUp(id, world.agent(id, 'a').id, 'Go on.');
  await expect.poll(() => world.local.threadOf('a').turns.length).toBe(2);
  world.local.end('a');
  await expect.poll(() => world.local.runningAgents).toEqual(['b']);
  expect(world.local.threadOf('b').request.workspace?.bases).toMatchObject([
    { branch: 'cerevisor/a', commit: expect.any(String) },
  ]);
});

test('dismissing a session releases its threads on this machine', async () => {
  const id = await world.start(workflowOf(['a']), { folder: '/shop' });
  await expect.poll(() => world.local.runningAgents).toEqual(['a']);
  world.local.end('a');
  await expect.poll(() => world.state(id).phase).toMatchObject({ outcome: 'finished' });
  expect(world.local.threadOf('a').isClosed).toBe(false);
  await world.engine.dismiss([id]);
  await expect.poll(() => world.local.threadOf('a').isClosed).toBe(true);
});
