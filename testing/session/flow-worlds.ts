import type { AgentId, ConnectionId } from '../../src/workflow/ids.ts';
import fc from '../properties.ts';
import { Choices } from './choices.ts';
import { type Answers, FlowWorld, type Move } from './flow-world.ts';
import { flowSources } from './random-flows.ts';
import { bounds } from './world.ts';

/**
 * Answers that depend only on the question, not on the order of events. How often a gate opens does depend on it, since
 * changes at one gate reopen those beside it, so the answer at a gate is final after some first requests for changes.
 */
export function answersFrom(seed: readonly number[], isFaulty: boolean): Answers {
  const roll = (key: string, sides: number): number => {
    let hash = seed.reduce((sum, number) => (sum * 31 + number) % 2_147_483_647, 7);
    for (const character of key)
      hash = (hash * 33 + (character.codePointAt(0) ?? 0)) % 2_147_483_647;
    return (hash >> 3) % sides;
  };
  return {
    outcome: (agent, round) =>
      isFaulty && roll(`o ${agent} ${round}`, 6) === 0
        ? roll(`c ${agent}`, 2) === 0
          ? 'failed'
          : 'cancelled'
        : 'completed',
    holds: (id, round) => [true, false, true, false, null][roll(`h ${id} ${round}`, 5)] ?? null,
    personsDecision: (id, round) => roll(`p ${id} ${round}`, 2) === 0,
    gate: (id, round, number) => {
      if (number <= roll(`n ${id} ${round}`, 4)) return 'changes';
      return isFaulty && roll(`g ${id} ${round}`, 4) === 0 ? 'reject' : 'approve';
    },
  };
}

export const numbers = fc.array(fc.nat(), { maxLength: 200, size: 'max' });

function worlds({ isFaulty = true, isLooping = true } = {}): fc.Arbitrary<FlowWorld> {
  return fc
    .tuple(flowSources(isLooping), fc.array(fc.nat(), { maxLength: 3 }), numbers)
    .map(([source, seed, order]) =>
      new FlowWorld(source, answersFrom(seed, isFaulty)).run(new Choices(order)),
    );
}

export const many = { ...bounds, numRuns: 200 } as const;

export function alwaysInFlow(
  check: (world: FlowWorld) => void,
  kind: Parameters<typeof worlds>[0] = {},
): void {
  fc.assert(fc.property(worlds(kind), check), many);
}

export const outcomes = ({ facts }: FlowWorld) =>
  Object.fromEntries(
    [...facts.activations.values()].map(({ agentId, outcome }) => [
      agentId,
      outcome?.kind ?? 'open',
    ]),
  );

export const startsOf = ({ moves }: FlowWorld, id: AgentId): number =>
  moves.filter((move) => move.kind === 'start' && move.agentId === id).length;

export const eventsOf = ({ moves }: FlowWorld) =>
  moves.flatMap((move) => (move.kind === 'event' ? move.event : []));

export const stateBefore = ({ status }: Move, id: ConnectionId) =>
  status.connections.get(id)?.state;
