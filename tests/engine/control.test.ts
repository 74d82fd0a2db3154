import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { artifactDirectory } from '../../src/engine/handlers/artifact-fetcher.ts';
import { artifactsOf } from '../../src/session/artifacts.ts';
import { agentId } from '../../src/workflow/ids.ts';
import { oneAgent, threeWaves } from '../../testing/engine-workflows.ts';
import { agentNamed, isOver, openWorld, start } from '../../testing/engine-world.ts';

describe('cancelling', () => {
  test('a session: what runs is cancelled and confirmed, nothing more is launched', async () => {
    await using world = await openWorld();
    const id = await start(
      world,
      threeWaves(world.repository, '\n\n```rehearse\nwait 1h\nconclude\n```'),
    );
    await world.until(id, (state) => agentNamed(state, 'r1').phase.kind === 'running');
    await world.engine.cancel(id);
    const state = await world.until(id, isOver);
    expect(state.phase).toMatchObject({ outcome: 'cancelled' });
    expect(agentNamed(state, 'r1').phase).toMatchObject({ outcome: 'cancelled' });
    expect(agentNamed(state, 'impl').attempts).toEqual([]);
    const ledger = await world.ledger();
    expect(
      ledger.agents.every(({ runs }) => runs.every(({ status }) => status !== 'RUNNING')),
    ).toBe(true);
  });

  test('before Cursor responded to the create request: the agent is found and cancelled, not orphaned', async () => {
    await using world = await openWorld();
    await world.fault({
      match: { operation: 'createAgent', nth: 1 },
      effect: { kind: 'reset', when: 'after' },
    });
    const id = await start(world, oneAgent(world.repository, ['wait 1h', 'conclude']));
    await world.until(id, (state) => {
      const { phase } = agentNamed(state, 'a');
      return phase.kind === 'launching' && phase.uncertain !== null;
    });
    await world.engine.cancel(id);
    expect((await world.until(id, isOver)).phase).toMatchObject({ outcome: 'cancelled' });
    const { agents } = await world.ledger();
    expect(agents.map(({ runs }) => runs.map(({ status }) => status))).toEqual([['CANCELLED']]);
  });
});

describe('retrying and following up', () => {
  test('a failed agent can be retried as a new attempt, and the agents skipped because of it run afterwards', async () => {
    await using world = await openWorld();
    const id = await start(
      world,
      threeWaves(world.repository, '\n\n```rehearse\nfail unless attempt 2 broken\nconclude\n```'),
    );
    const failed = await world.until(id, isOver);
    expect(failed.phase).toMatchObject({ outcome: 'failed' });
    expect(agentNamed(failed, 'rev').phase).toMatchObject({ outcome: 'skipped' });
    expect(await world.engine.retry(id, agentId('r1'))).toEqual({ ok: true, value: undefined });
    const state = await world.until(
      id,
      (now) => now.phase.kind === 'ended' && now.phase.outcome === 'finished',
    );
    expect(agentNamed(state, 'r1').attempts).toHaveLength(2);
    expect(agentNamed(state, 'rev').phase).toMatchObject({ outcome: 'completed' });
  });

  test('with two attempts allowed, the second one starts automatically', async () => {
    await using world = await openWorld();
    const script = ['fail unless attempt 2 broken', 'conclude'];
    const id = await start(world, oneAgent(world.repository, script, { maxAttempts: 2 }));
    const state = await world.until(id, isOver);
    expect(state.phase).toMatchObject({ outcome: 'finished' });
    expect(agentNamed(state, 'a').attempts).toHaveLength(2);
  });

  test('a follow-up is a second run of the same Cursor agent, and no artifact is lost', async () => {
    await using world = await openWorld();
    const script = ['artifact report.md "FROM-1"', 'conclude'];
    const id = await start(world, oneAgent(world.repository, script));
    const before = agentNamed(await world.until(id, isOver), 'a').attempts[0]?.artifacts;
    expect(before).toMatchObject({ state: 'complete', files: [{ file: 'report.md' }] });
    const message = 'And now:\n```rehearse\nartifact report.md "FROM-2"\nconclude\n```\n';
    expect(await world.engine.followUp(id, agentId('a'), message)).toMatchObject({ ok: true });
    const state = await world.until(
      id,
      (now) => isOver(now) && agentNamed(now, 'a').attempts[0]?.turns.length === 2,
    );
    expect(state.phase).toMatchObject({ outcome: 'finished' });
    const { agents } = await world.ledger();
    expect(agents).toHaveLength(1);
    expect(agents[0]?.runs).toHaveLength(2);
    const { newest, earlier } = artifactsOf(agentNamed(state, 'a'));
    const aside = 'report.attempt-1-turn-1.md';
    expect(newest).toMatchObject([{ path: 'artifacts/report.md', file: 'report.md' }]);
    expect(earlier).toMatchObject([
      { path: 'artifacts/report.md', file: aside, attempt: 1, turn: 1 },
    ]);
    const folder = artifactDirectory(join(world.folder, 'home'), world.journal, id, agentId('a'));
    expect(readFileSync(join(folder, 'report.md'), 'utf8').trim()).toBe('FROM-2');
    expect(readFileSync(join(folder, aside), 'utf8').trim()).toBe('FROM-1');
  });

  test('a structured hand-off that does not match its schema is requested again', async () => {
    await using world = await openWorld();
    const schema = { type: 'object', required: ['risk'], properties: { risk: { type: 'string' } } };
    const workflow = oneAgent(world.repository, ['say nothing structured', 'conclude']);
    const id = await start(world, {
      ...workflow,
      agents: [
        ...workflow.agents,
        { id: 'b', name: 'Reader', role: 'developer', instructions: 'Read.' },
      ],
      connections: [
        {
          id: 'c',
          source: 'a',
          target: 'b',
          handoffFormat: 'structured-json',
          handoffSchema: schema,
        },
      ],
    });
    const state = await world.until(id, isOver);
    expect(state.phase).toMatchObject({ outcome: 'finished' });
    const turns = agentNamed(state, 'a').attempts[0]?.turns ?? [];
    expect(
      turns.map(({ purpose }) => purpose).filter((purpose) => purpose === 'handoff-repair').length,
    ).toBeLessThanOrEqual(1);
    const handoff = world.journal
      .sessionEvents(id, { limit: 100, types: ['HandoffStored'] })
      .map(({ event }) => (event.type === 'HandoffStored' ? event.content : ''));
    expect(JSON.parse(handoff[0] ?? '')).toMatchObject({ risk: expect.any(String) });
  });
});
