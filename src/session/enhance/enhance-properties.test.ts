import { describe, expect, it } from 'vitest';
import fc from '../../../testing/properties.ts';
import { Choices } from '../../../testing/session/choices.ts';
import { resultOf } from '../../../testing/session/effect-results.ts';
import { violations } from '../../../testing/session/invariants.ts';
import { runEnded } from '../../../testing/session/run-facts.ts';
import {
  bounds,
  driveToEnd,
  freshEnhancedWorlds,
  type World,
} from '../../../testing/session/world.ts';
import { PLANNER_ID } from '../../workflow/planner.ts';
import { decide } from '../decide.ts';
import type { SessionEventOf, SessionEventType } from '../events.ts';
import { questionsOf } from '../session-flow.ts';
import type { SessionState } from '../state.ts';
import { approvalOf } from './planner.ts';

const numbers = fc.array(fc.nat(), { maxLength: 300, size: 'max' });

/** Agents finish or fail, decide and propose at random; everything else goes well. */
const mixedResults =
  (choices: Choices): typeof resultOf =>
  (effect, context) => {
    if (effect.kind === 'hand-off' || effect.kind === 'read-edits')
      return resultOf(effect, { ...context, choices });
    if (effect.kind !== 'follow' || effect.hasEnded) return resultOf(effect, context);
    const outcome = choices.pick('finished', 'finished', 'finished', 'error', 'cancelled');
    return [runEnded(effect, outcome, context)];
  };

function always(check: (world: World) => void): void {
  fc.assert(
    fc.property(freshEnhancedWorlds, numbers, (world, random) => {
      driveToEnd(world, mixedResults(new Choices(random)), new Choices(random));
      check(world);
    }),
    bounds,
  );
}

function eventsOf<Type extends SessionEventType>(
  { steps }: World,
  type: Type,
): (SessionEventOf<Type> & { readonly before: SessionState | undefined })[] {
  return steps.flatMap(({ event }, index) =>
    // Its type was compared.
    event.type === type
      ? { ...(event as SessionEventOf<Type>), before: steps[index - 1]?.state }
      : [],
  );
}

const maxRoundsOf = ({ workflow }: SessionState): number =>
  workflow.settings.loopAndEnhance.maxRounds;

describe('rounds of a whole workflow', () => {
  it('end, whatever agents, the planner and users answer, and every state on the way is valid', () => {
    always((world) => {
      expect(world.state.phase.kind).toBe('ended');
      expect(decide(world.state).filter(({ kind }) => kind !== 'report-usage')).toEqual([]);
      expect(questionsOf(world.state)).toEqual([]);
      expect(world.steps.flatMap(({ state }) => violations(state))).toEqual([]);
    });
  });

  it('finish the session if and only if they converged', () => {
    always(({ state }) => {
      const cause = state.enhance?.ended?.cause;
      expect(cause).toBeDefined();
      expect(state.enhance?.ended?.round).toBe(state.enhance?.round);
      const outcome = state.phase.kind === 'ended' ? state.phase.outcome : null;
      expect(outcome === 'finished').toBe(cause === 'converged');
    });
  });

  it('never exceed their maximum, and are numbered consecutively', () => {
    always((world) => {
      const opened = eventsOf(world, 'WorkflowRoundOpened').map(({ round }) => round);
      expect(opened).toEqual(opened.map((_, index) => index + 2));
      expect(world.state.enhance?.round).toBeLessThanOrEqual(maxRoundsOf(world.state));
    });
  });

  it('begin only with edits from the previous round, approved if that is required', () => {
    always((world) => {
      for (const { round, before } of eventsOf(world, 'WorkflowRoundOpened')) {
        const proposal = before?.enhance?.proposal;
        expect(before?.enhance?.round).toBe(round - 1);
        expect(proposal?.workflow).toBeTruthy();
        if (before === undefined || proposal == null) continue;
        expect(['not-needed', 'approved']).toContain(approvalOf(before, proposal));
      }
    });
  });

  it('activate the planner only after a reported round that was not successful', () => {
    always((world) => {
      for (const { agentId, round, before } of eventsOf(world, 'LaunchIntended')) {
        if (agentId !== PLANNER_ID) continue;
        const reported = before?.enhance?.rounds.at(-1);
        expect(round).toBe(before?.enhance?.round);
        expect(round).toBeLessThan(before === undefined ? 0 : maxRoundsOf(before));
        const { failures = [], feedbackCount = 0 } = reported?.report ?? {};
        expect(failures.length + feedbackCount).toBeGreaterThan(0);
      }
    });
  });

  it('start no agent before its round is opened, and no removed agent', () => {
    always((world) => {
      for (const { agentId, round, before } of eventsOf(world, 'LaunchIntended')) {
        if (agentId === PLANNER_ID || before === undefined) continue;
        expect(before.workflow.agents.map(({ id }) => id)).toContain(agentId);
        const first = before.enhance?.rounds.at(-1)?.firstRounds[agentId] ?? 0;
        expect(round).toBeGreaterThanOrEqual(first);
      }
    });
  });

  it('reach a second and a third round often enough for these tests to be meaningful', () => {
    const reached = fc
      .sample(fc.tuple(freshEnhancedWorlds, numbers), { numRuns: 300, seed: 7 })
      .map(([world, random]) => {
        driveToEnd(world, mixedResults(new Choices(random)), new Choices(random));
        return world.state.enhance?.round ?? 0;
      });
    expect(reached.filter((round) => round >= 2).length).toBeGreaterThan(30);
    expect(reached.filter((round) => round >= 3).length).toBeGreaterThan(5);
  });
});
