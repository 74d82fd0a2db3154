import { describe, expect, test } from 'vitest';
import { agentStatus, sessionStatus } from '../../src/session/status/session-status.ts';
import {
  answer,
  conditionalWorkflow,
  contentOf,
  decision,
  eventsOf,
  gatedWorkflow,
  isAsking,
  loopUntilApproved,
  outcomeOf,
  promptsOf,
} from '../../testing/control-flow.ts';
import { agentNamed, isOver, openWorld, start } from '../../testing/engine-world.ts';

describe('a condition', () => {
  test('is decided by the agent in its last message, which is passed on without the decision', async () => {
    await using world = await openWorld();
    const said = decision({ bad: { holds: false, reason: 'All pass.' } });
    const id = await start(world, conditionalWorkflow(world.repository, `All is well.\n\n${said}`));
    const state = await world.until(id, isOver);
    expect(state.phase).toMatchObject({ outcome: 'finished' });
    expect(['review', 'fix', 'release'].map((one) => outcomeOf(state, one))).toEqual([
      'completed',
      'skipped',
      'completed',
    ]);
    expect(eventsOf(world, id, 'ConnectionDecided')).toMatchObject([
      { connectionId: 'bad', holds: false, reason: 'All pass.', by: 'agent' },
      { connectionId: 'good', holds: true, by: 'else' },
    ]);
    expect(contentOf(world, id, 'good')).toEqual(['All is well.']);
    expect(contentOf(world, id, 'bad')).toEqual([]);
    const [first] = (await promptsOf(world)).flat();
    expect(first).toContain('A test fails.');
  });
});

describe('an approval gate', () => {
  test('waits across a restart and continues when it is approved; the first answer is used', async () => {
    await using world = await openWorld();
    const id = await start(world, gatedWorkflow(world.repository));
    await world.until(id, isAsking);
    await world.restart();
    const state = world.state(id);
    expect(sessionStatus(state)).toBe('waiting');
    expect(agentStatus(state, agentNamed(state, 'publish'))).toBe('requires-action');
    await answer(world, id, 'approve');
    const second = await world.engine.answer(id, {
      question: 'gate',
      answer: 'reject',
      note: null,
      plan: null,
      by: 'other',
    });
    expect(second).toMatchObject({ ok: false, error: { code: 'already_answered' } });
    expect((await world.until(id, isOver)).phase).toMatchObject({ outcome: 'finished' });
  });
});

describe('a loop', () => {
  test('repeats rounds in the same threads until its condition is met', async () => {
    await using world = await openWorld();
    const said = decision({ again: { holds: false, reason: 'A typo is left.' } });
    const id = await start(world, loopUntilApproved(world.repository, `A typo.\n\n${said}`));
    const state = await world.until(id, isOver);
    expect(state.phase).toMatchObject({ outcome: 'finished' });
    // The second round has no script, so that the exit condition holds.
    expect(eventsOf(world, id, 'LoopEnded')).toMatchObject([{ cause: 'condition-met', round: 2 }]);
    for (const name of ['write', 'review']) {
      const { attempts } = agentNamed(state, name);
      expect(attempts.map(({ round }) => round)).toEqual([1, 2]);
      expect(new Set(attempts.map(({ threadId }) => threadId)).size).toBe(1);
    }
    expect(agentNamed(state, 'publish').attempts).toHaveLength(1);
    const { agents } = await world.ledger();
    expect(agents.map(({ runs }) => runs.length)).toEqual([2, 2, 1]);
    const second = agents[0]?.runs[1]?.prompt ?? '';
    expect(second).toContain('Round 2 of at most 3');
    expect(second).toContain('A typo is left.');
    expect(second).toContain('### From review');
  });
});
