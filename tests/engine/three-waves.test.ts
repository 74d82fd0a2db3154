import { describe, expect, test } from 'vitest';
import { threeWaves } from '../../testing/engine-workflows.ts';
import { isOver, openWorld, start, streamsOf } from '../../testing/engine-world.ts';

describe('a workflow of three waves', () => {
  test('runs to its end: hand-offs, branches, artifacts and a matching ledger', async () => {
    await using world = await openWorld();
    const id = await start(world, threeWaves(world.repository));
    const state = await world.until(id, isOver);
    expect(state.phase).toMatchObject({ kind: 'ended', outcome: 'finished' });
    expect(state.agents.map(({ phase }) => phase)).toMatchObject(
      Array.from({ length: 4 }, () => ({ kind: 'settled', outcome: 'completed' })),
    );
    const ledger = await world.ledger();
    expect(ledger.agents).toHaveLength(4);
    const { stored, sent } = streamsOf(world, id, ledger);
    expect(stored).toEqual(sent);

    const implementer = ledger.agents.find(({ runs }) => runs[0]?.prompt.includes('# Implementer'));
    expect(implementer?.runs[0]?.prompt).toContain('### From Researcher one');
    expect(implementer?.runs[0]?.prompt).toContain('### From Researcher two');
    expect(implementer?.runs[0]?.prompt).toContain('Branches to merge first');
    expect(implementer?.runs[0]?.prompt).toContain('artifact `artifacts/report.md`');
    const [r1, , impl, reviewer] = state.agents.map(({ attempts }) => attempts[0]);
    expect(impl?.repositories[0]?.startingRef).toBe(r1?.branches[0]?.branch);
    expect(reviewer?.repositories[0]?.startingRef).toBe(impl?.branches[0]?.branch);
    expect(reviewer?.artifacts).toMatchObject({
      state: 'complete',
      files: [{ path: 'artifacts/report.md' }],
    });
  });

  test('a restart in the middle re-attaches every agent and repeats no event', async () => {
    await using world = await openWorld();
    const id = await start(world, threeWaves(world.repository));
    for (let count = 1; count <= 4; count += 1) {
      await world.until(
        id,
        (state) =>
          isOver(state) || state.agents.flatMap(({ attempts }) => attempts).length >= count,
      );
      await world.restart();
    }
    const state = await world.until(id, isOver);
    expect(state.phase).toMatchObject({ outcome: 'finished' });
    const ledger = await world.ledger();
    expect(ledger.agents.map(({ creates }) => creates.accepted)).toEqual([1, 1, 1, 1]);
    const { stored, sent } = streamsOf(world, id, ledger);
    expect(stored).toEqual(sent);
  });
});
