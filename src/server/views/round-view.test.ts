import { describe, expect, it } from 'vitest';
import fc from '../../../testing/properties.ts';
import { sessionId } from '../../../testing/session/sample-events.ts';
import {
  bounds,
  driveToEnd,
  freshBranchingWorlds,
  type World,
  worlds,
} from '../../../testing/session/world.ts';
import type { StoredEvent } from '../../journal/types.ts';
import { flowGraphOfSession } from '../../session/session-flow.ts';
import { agentStatus } from '../../session/status/session-status.ts';
import { connectionViews, loopViews, roundOfAgent } from './flow-view.ts';
import { roundEventTypes, roundViews } from './round-view.ts';
import { sessionView } from './session-view.ts';

/** The stored events of a world, as the journal returns them. */
function stored({ steps }: World): StoredEvent[] {
  const types: readonly string[] = roundEventTypes;
  return steps
    .map(({ event, when }, index) => ({
      position: index + 1,
      seq: index + 1,
      sessionId,
      at: when.at,
      event,
    }))
    .filter(({ event }) => types.includes(event.type));
}

const always = (check: (world: World) => void): void =>
  fc.assert(fc.property(worlds, check), bounds);

describe('the rounds of a session', () => {
  it('include one for each activation of every repeated agent, and none of other agents', () => {
    always((world) => {
      const { state } = world;
      const views = roundViews(state, stored(world));
      const looping = new Set(flowGraphOfSession(state).loops.flatMap(({ body }) => [...body]));
      for (const agent of state.agents) {
        const own = views.filter(({ agentId }) => agentId === agent.id);
        const isPresent = state.workflow.agents.some(({ id }) => id === agent.id);
        const isRepeated = looping.has(agent.id) || (isPresent && agent.round > 1);
        const expected = isRepeated ? agent.round : 0;
        expect(own.map(({ number }) => number)).toEqual(
          Array.from({ length: expected }, (_, index) => index + 1),
        );
        const last = own.at(-1);
        if (last === undefined) continue;
        expect(last.status).toBe(agentStatus(state, agent));
        expect(last).toMatchObject(roundOfAgent(state, agent.id));
      }
    });
  });

  it('take neither times nor causes from earlier rounds or attempts', () => {
    always((world) => {
      const { state } = world;
      const { agents } = sessionView(state, { lastSeq: 1, lastHeartbeat: () => null });
      for (const round of roundViews(state, stored(world))) {
        const agent = state.agents.find(({ id }) => id === round.agentId);
        const view = agents.find(({ id }) => id === round.agentId);
        if (agent === undefined || agent.round !== round.number) continue;
        if (agent.phase.kind !== 'settled')
          expect(round).toMatchObject({ cause: null, endedAt: null });
        if (round.attempt === null)
          expect(view).toMatchObject({
            statusSource: 'Cerevisor',
            startedAt: null,
            endedAt: round.endedAt,
            work: [],
            durationMs: null,
          });
      }
    });
  });

  it('show the newest attempt of each, and start after the previous round', () => {
    always((world) => {
      const { state } = world;
      const views = roundViews(state, stored(world));
      for (const { agentId, number, attempt, attempts, firstSeq } of views) {
        const agent = state.agents.find(({ id }) => id === agentId);
        const own = agent?.attempts.filter(({ round }) => round === number) ?? [];
        expect(attempt).toBe(own.at(-1)?.number ?? null);
        expect(attempts).toBe(own.length);
        const later = views.filter((view) => view.agentId === agentId && view.number > number);
        for (const view of later)
          if (firstSeq !== null && view.firstSeq !== null)
            expect(view.firstSeq).toBeGreaterThan(firstSeq);
      }
    });
  });

  it('are numbered within the innermost loop, up to its maximum', () => {
    always((world) => {
      for (const { round, rounds } of roundViews(world.state, stored(world))) {
        expect(round).toBeGreaterThanOrEqual(1);
        expect(round).toBeLessThanOrEqual(rounds);
      }
    });
  });
});

describe('a connection', () => {
  it('has a reason if it is undecided, blocked or not taken; an ended loop has a cause', () => {
    fc.assert(
      fc.property(fc.oneof(worlds, freshBranchingWorlds), fc.boolean(), (world, isEnding) => {
        if (isEnding) driveToEnd(world);
        for (const view of connectionViews(world.state)) {
          if (view.state !== 'taken' && view.state !== 'awaiting-approval')
            expect(view.reason, JSON.stringify(view)).toMatch(/\.$|: .+/);
          expect(view.reason ?? '').not.toContain('undefined');
        }
        for (const { state, cause } of loopViews(world.state))
          expect(cause !== null).toBe(state === 'ended');
      }),
      bounds,
    );
  });
});
