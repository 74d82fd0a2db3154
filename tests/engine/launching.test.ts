import { describe, expect, test } from 'vitest';
import type { SessionId } from '../../src/session/ids.ts';
import { oneAgent, threeWaves } from '../../testing/engine-workflows.ts';
import { agentNamed, isOver, openWorld, start, type World } from '../../testing/engine-world.ts';

const launches = (world: World, id: SessionId) =>
  world.journal.sessionEvents(id, { limit: 1000 }).map(({ event }) => event.type);

describe('launching a cloud attempt', () => {
  test('a lost response never creates a second agent: the first is found by its id and adopted', async () => {
    await using world = await openWorld();
    await world.fault({
      match: { operation: 'createAgent', nth: 1 },
      effect: { kind: 'reset', when: 'after' },
    });
    const id = await start(world, oneAgent(world.repository, ['say hello', 'conclude']));
    const state = await world.until(id, isOver);
    expect(state.phase).toMatchObject({ outcome: 'finished' });
    const { agents } = await world.ledger();
    expect(agents).toHaveLength(1);
    expect(agents[0]?.creates).toMatchObject({ accepted: 1, conflicted: 1 });
    expect(launches(world, id)).toContain('LaunchUncertain');
    expect(agents[0]?.runs).toHaveLength(1);
  });

  test('a start that is repeated because its response was lost starts nothing twice', async () => {
    await using world = await openWorld();
    const request = {
      sessionId: `s_${'0123456789abcdef'.repeat(2)}` as SessionId,
      workflow: oneAgent(world.repository, ['say hello', 'conclude']),
    };
    const answers = [await world.engine.start(request), await world.engine.start(request)];
    expect(answers[1]).toEqual(answers[0]);
    await world.until(request.sessionId, isOver);
    expect((await world.ledger()).agents).toHaveLength(1);
  });

  test('a crash between the launch intent and the response repeats the same request', async () => {
    await using world = await openWorld();
    await world.fault({
      match: { operation: 'createAgent', nth: 1 },
      effect: { kind: 'hang', when: 'after' },
    });
    const id = await start(world, oneAgent(world.repository, ['say hello', 'conclude']));
    await world.until(id, (state) => agentNamed(state, 'a').phase.kind === 'launching');
    await expect.poll(async () => (await world.ledger()).agents.length).toBe(1);
    await world.restart();
    const state = await world.until(id, isOver);
    expect(state.phase).toMatchObject({ outcome: 'finished' });
    const { agents } = await world.ledger();
    expect(agents).toHaveLength(1);
    expect(agents[0]?.creates.accepted).toBe(1);
  });

  test('a rate limit causes waiting, not failure', async () => {
    await using world = await openWorld();
    await world.fault({
      match: { operation: 'createAgent', times: 1 },
      effect: { kind: 'error', code: 'rate_limit_exceeded', retryAfterSeconds: 1 },
    });
    const id = await start(world, oneAgent(world.repository, ['say hello', 'conclude']));
    const waiting = await world.until(id, (state) => {
      const { phase } = agentNamed(state, 'a');
      return phase.kind === 'launching' && phase.deferred !== null;
    });
    expect(agentNamed(waiting, 'a').phase).toMatchObject({ deferred: { reason: 'rate_limited' } });
    expect((await world.until(id, isOver)).phase).toMatchObject({ outcome: 'finished' });
  });

  test('the limit of live cloud attempts holds across sessions', async () => {
    await using world = await openWorld();
    world.settings.maxLive = 1;
    let live = 0;
    let most = 0;
    world.journal.onCommitted(() => {
      live = world.journal.liveAttempts('cloud').length;
      most = Math.max(most, live);
    });
    const ids = [
      await start(world, threeWaves(world.repository)),
      await start(world, threeWaves(world.repository)),
    ];
    for (const id of ids)
      expect((await world.until(id, isOver)).phase).toMatchObject({ outcome: 'finished' });
    expect(most).toBe(1);
  });

  test('a repository that cannot be cloned fails its agent with a clear cause and skips the agents after it', async () => {
    await using world = await openWorld();
    const id = await start(world, threeWaves('/nowhere/at/all'));
    const state = await world.until(id, isOver);
    expect(state.phase).toMatchObject({ outcome: 'failed' });
    const { phase } = agentNamed(state, 'r1');
    expect(phase).toMatchObject({ outcome: 'failed', cause: { code: 'repository_unavailable' } });
    expect(agentNamed(state, 'rev').phase).toMatchObject({
      outcome: 'skipped',
      cause: { code: 'upstream_not_completed' },
    });
  });
});
