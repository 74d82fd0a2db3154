import { describe, expect, it } from 'vitest';
import fc from '../../testing/properties.ts';
import { violations } from '../../testing/session/invariants.ts';
import { sessionId } from '../../testing/session/sample-events.ts';
import { bounds, type Step, worlds } from '../../testing/session/world.ts';
import { ancestorsOf } from '../workflow/graph.ts';
import { decide } from './decide.ts';
import type { LifecycleEvent } from './events.ts';
import { evolve } from './evolve.ts';
import { agentOf, attemptOf, graphOfSession, isGivenUp } from './select.ts';
import type { SessionState } from './state.ts';

describe('a history', () => {
  it('is valid at every step, because any step may be the last one before a crash', () => {
    fc.assert(
      fc.property(worlds, ({ steps }) => {
        expect(steps.flatMap(({ state }) => violations(state))).toEqual([]);
      }),
      bounds,
    );
  });

  it('gives the same state if it is folded from a stored state', () => {
    fc.assert(
      fc.property(worlds, fc.nat(), ({ steps, state }, number) => {
        const middle = number % steps.length;
        const stored = steps[middle]?.state;
        const readBack: SessionState = JSON.parse(JSON.stringify(stored));
        expect(readBack).toStrictEqual(stored);
        let folded: SessionState | undefined = readBack;
        for (const { event, when } of steps.slice(middle + 1)) folded = evolve(folded, event, when);
        expect(folded).toEqual(state);
      }),
      bounds,
    );
  });

  it('is not changed by an event that is repeated at once', () => {
    fc.assert(
      fc.property(worlds, ({ steps }) => {
        for (const { state, event, when } of steps)
          expect(evolve(state, event, when)).toEqual(state);
      }),
      bounds,
    );
  });

  it('is not changed by a fact from Cursor that is repeated at any later time', () => {
    fc.assert(
      fc.property(worlds, ({ steps, state: last }) => {
        const at = last.startedAt + 1_000_000_000;
        for (const [index, step] of steps.entries()) {
          if (!hadEffect(steps, index)) continue;
          for (const { state } of [
            ...steps.slice(index + 1).filter((_, n) => n % 5 === 0),
            { state: last },
          ]) {
            if (!isOldNews(step.event, state)) continue;
            const again = evolve(state, step.event, { at, sessionId });
            expect(withoutTimes(again)).toEqual(withoutTimes(state));
          }
        }
      }),
      bounds,
    );
  });

  it('does not depend on the order of events of independent agents', () => {
    fc.assert(
      fc.property(worlds, ({ steps }) => {
        for (const [index, one] of steps.entries()) {
          const other = steps[index + 1];
          const before = steps[index - 1]?.state;
          if (before === undefined || other === undefined) continue;
          if (!areIndependent(before, one.event, other.event)) continue;
          const swapped = evolve(evolve(before, other.event, other.when), one.event, one.when);
          // Whoever is behind both was last changed by whichever came second.
          expect(withoutTimes(swapped)).toEqual(withoutTimes(other.state));
        }
      }),
      bounds,
    );
  });

  it('contains every run that was started', () => {
    fc.assert(
      fc.property(worlds, ({ steps, state }) => {
        const known = state.agents.flatMap(({ attempts }) =>
          attempts.flatMap(({ turns }) => turns.map(({ id }) => id)),
        );
        const started = steps.flatMap(({ event }) =>
          event.type === 'Launched' || event.type === 'FollowUpSent' ? event.turnId : [],
        );
        expect(known.toSorted()).toEqual(started.toSorted());
      }),
      bounds,
    );
  });

  it('is folded to its end even if it contains events that do not fit', () => {
    fc.assert(
      fc.property(worlds, worlds, ({ steps }, { steps: foreign }) => {
        let state: SessionState | undefined;
        for (let index = 0; index < Math.max(steps.length, foreign.length); index += 1) {
          for (const step of [foreign[index], steps[index]]) {
            if (step !== undefined) state = evolve(state, step.event, step.when);
            decide(state);
          }
        }
      }),
      { ...bounds, numRuns: 50 },
    );
  });

  it('begins with SessionStarted: earlier events are ignored', () => {
    fc.assert(
      fc.property(worlds, ({ steps }) => {
        for (const { event, when } of steps)
          if (event.type !== 'SessionStarted')
            expect(evolve(undefined, event, when)).toBe(undefined);
      }),
      bounds,
    );
  });
});

function hadEffect(steps: readonly Step[], index: number): boolean {
  return index > 0 && steps[index - 1]?.state !== steps[index]?.state;
}

/** A fact from Cursor that this state can only know already; a run that was given up may still be corrected. */
function isOldNews(event: LifecycleEvent, state: SessionState): boolean {
  switch (event.type) {
    case 'Launched':
      return true;
    case 'RunEnded':
    case 'RunObserved':
    case 'StreamEnded': {
      const agent = agentOf(state, event.agentId);
      const attempt = agent === undefined ? undefined : attemptOf(agent, event.attempt);
      const turn = attempt?.turns.find(({ id }) => id === event.turnId);
      if (event.type === 'StreamEnded') return turn?.stream !== 'open';
      return turn?.ended !== null && !isGivenUp(turn);
    }
    default:
      return false;
  }
}

function withoutTimes(state: SessionState | undefined) {
  return { ...state, agents: state?.agents.map((agent) => ({ ...agent, changedAt: 0 })) };
}

/** What people ask for is about the whole session, or has an order that they chose. */
const askedByPeople: ReadonlySet<LifecycleEvent['type']> = new Set([
  'CancelRequested',
  'RetryRequested',
  'FollowUpIntended',
  'ToolRequestAnswered',
]);

function areIndependent(state: SessionState, one: LifecycleEvent, other: LifecycleEvent): boolean {
  if (!('agentId' in one) || !('agentId' in other)) return false;
  if (one.agentId === undefined || other.agentId === undefined) return false;
  if (askedByPeople.has(one.type) || askedByPeople.has(other.type)) return false;
  const ancestors = ancestorsOf(graphOfSession(state));
  return (
    one.agentId !== other.agentId &&
    ancestors.get(one.agentId)?.has(other.agentId) === false &&
    ancestors.get(other.agentId)?.has(one.agentId) === false
  );
}
