import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SessionId } from '../../src/session/ids.ts';
import {
  agentStatus,
  requiresAction,
  sessionStatus,
} from '../../src/session/status/session-status.ts';
import { FakeWorld, workflowOf } from '../../testing/engine/fake-world.ts';

let world: FakeWorld;
beforeEach(() => {
  world = new FakeWorld();
  world.local.usageOfTurns = {
    inputTokens: 600,
    outputTokens: 400,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    totalTokens: 1_000,
    costUsd: 1.5,
    costSource: 'reported',
  };
});
afterEach(() => world[Symbol.asyncDispose]());

const need = (id: SessionId) => requiresAction(world.state(id))?.code ?? null;
const statusOf = (id: SessionId, name: string) =>
  agentStatus(world.state(id), world.agent(id, name));

/** Two agents, one after the other; the first is at work. */
async function chain(budget: object): Promise<SessionId> {
  const workflow = workflowOf(['a', 'b'], ['a>b'], { budget });
  const id = await world.start(workflow, { folder: '/one' });
  await expect.poll(() => world.local.runningAgents).toEqual(['a']);
  return id;
}

describe('the budget of a session', () => {
  test('is told before the run: that of the request, else that of the workflow', async () => {
    const summarize = async (request: Parameters<typeof world.engine.preflight>[0]) =>
      (await world.engine.preflight({ folder: '/one', ...request })).summary?.budget;
    const workflow = workflowOf(['a'], [], { budget: { usd: 5 } });
    expect(await summarize({ workflow })).toEqual({ usd: 5, tokens: null });
    const budget = { usd: 10, tokens: 900 };
    expect(await summarize({ workflow, budget })).toEqual(budget);
    expect(await summarize({ workflow: workflowOf(['a']) })).toBeNull();
  });

  test.each([
    ['in money', { usd: 1 }, { usd: 10 }],
    ['in tokens', { tokens: 900 }, { tokens: null }],
  ])('%s lets nothing new begin once it is used, until it is raised', async (_, budget, raised) => {
    const id = await chain(budget);
    world.local.end('a');
    await expect.poll(() => need(id)).toBe('budget_exceeded');
    expect(sessionStatus(world.state(id))).toBe('waiting');
    expect(statusOf(id, 'b')).toBe('requires-action');
    expect(world.local.runningAgents).toEqual([]);
    await world.restart();
    expect(world.local.runningAgents).toEqual([]);
    expect(await world.engine.changeBudget(id, raised, 'cli')).toMatchObject({ ok: true });
    await expect.poll(() => world.local.runningAgents).toEqual(['b']);
    world.local.end('b');
    await expect.poll(() => world.state(id).phase).toMatchObject({ outcome: 'finished' });
  });

  test('has no effect until it is used up, and does not stop running agents', async () => {
    const id = await chain({ usd: 2, tokens: 1_500 });
    world.local.end('a');
    await expect.poll(() => world.local.runningAgents).toEqual(['b']);
    expect(need(id)).toBeNull();
    world.local.end('b');
    // It was passed by the last turn: there is nothing left to begin.
    await expect.poll(() => world.state(id).phase).toMatchObject({ outcome: 'finished' });
  });

  test('prevents a turn that would resume interrupted work, and a cancelled session ends', async () => {
    const id = await chain({ usd: 1 });
    world.local.end('a', { status: 'INTERRUPTED', failure: { code: 'x', message: 'It crashed.' } });
    await expect.poll(() => need(id)).toBe('budget_exceeded');
    expect(statusOf(id, 'a')).toBe('requires-action');
    await world.engine.cancel(id);
    await expect.poll(() => world.state(id).phase).toMatchObject({ outcome: 'cancelled' });
    expect(await world.engine.changeBudget(id, { usd: 5 }, 'cli')).toMatchObject({
      ok: false,
      error: { code: 'session_settled' },
    });
  });

  test('does not count an unknown cost as zero: the token limit still applies', async () => {
    const {
      costUsd: _,
      costSource: __,
      ...tokensAlone
    } = world.local.usageOfTurns ?? {
      ...{ inputTokens: 1, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0 },
      totalTokens: 2,
    };
    world.local.usageOfTurns = tokensAlone;
    const id = await chain({ usd: 0.01, tokens: 1_000 });
    world.local.end('a');
    await expect.poll(() => requiresAction(world.state(id))?.message).toContain('1,000 of 1,000');
  });

  test('given at the start takes precedence over that of the workflow', async () => {
    const workflow = workflowOf(['a', 'b'], ['a>b'], { budget: { usd: 1 } });
    const id = await world.start(workflow, { folder: '/one', budget: { usd: 9 } });
    expect(world.state(id).budget).toEqual({ usd: 9, tokens: null });
  });
});
