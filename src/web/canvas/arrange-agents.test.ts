import { expect, test } from 'vitest';
import { cardHeight, cardWidth } from '../../workflow/edit/columns.ts';
import { type Workflow, workflowSchema } from '../../workflow/schema.ts';
import { arrangeAgents } from './arrange-agents.ts';

type Route = { x: number; y: number };

const workflowOf = (
  positions: Record<string, Route | undefined>,
  arrows: [string, string][] = [],
) =>
  workflowSchema.parse({
    version: '1.0',
    id: 'w',
    name: 'W',
    agents: Object.entries(positions).map(([id, position]) => ({
      id,
      name: id,
      ...(position && { position }),
    })),
    connections: arrows.map(([source, target]) => ({ source, target })),
  });

const positionsOf = ({ agents }: Workflow) =>
  Object.fromEntries(agents.map(({ id, position: { x, y } }) => [id, [x, y]]));
const distinct = (workflow: Workflow) =>
  new Set(workflow.agents.map(({ position }) => `${position.x},${position.y}`)).size;

test('places agents without positions in the columns of their waves', () => {
  const workflow = workflowOf({ a: undefined, b: undefined, c: undefined }, [['a', 'b']]);
  expect(positionsOf(arrangeAgents(workflow))).toEqual({ a: [0, 0], c: [0, 152], b: [320, 0] });
});

test('keeps existing positions, and places the other agents', () => {
  const positions = { a: { x: 40, y: 60 }, b: { x: 400, y: 60 }, c: undefined, d: undefined };
  const result = arrangeAgents(
    workflowOf(positions, [
      ['a', 'b'],
      ['b', 'd'],
    ]),
  );
  expect(positionsOf(result)).toMatchObject({ a: [40, 60], b: [400, 60] });
  expect(distinct(result)).toBe(4);
});

test('separates cards at the same position', () => {
  const spot = { x: 700, y: 300 };
  const result = arrangeAgents(workflowOf({ a: spot, b: spot, c: { x: 701, y: 303 } }));
  expect(distinct(result)).toBe(3);
  const ys = result.agents.map(({ position }) => position.y).sort((one, other) => one - other);
  expect((ys[1] ?? 0) - (ys[0] ?? 0)).toBeGreaterThan(100);
});

test('places no card on another one', () => {
  const fixed = { a: { x: 0, y: 0 }, b: { x: 160, y: 152 }, c: { x: 300, y: 40 } };
  const result = arrangeAgents(
    workflowOf({ ...fixed, d: undefined, e: undefined, f: undefined, g: undefined }, [
      ['d', 'e'],
      ['e', 'f'],
    ]),
  );
  expect(positionsOf(result)).toMatchObject({ a: [0, 0], b: [160, 152], c: [300, 40] });
  const pairs = result.agents.flatMap((one, index) =>
    result.agents.slice(index + 1).map((other) => [one.position, other.position] as const),
  );
  for (const [one, other] of pairs) {
    const isBeside = Math.abs(one.x - other.x) >= cardWidth;
    const isBelow = Math.abs(one.y - other.y) >= cardHeight;
    // Overlaps made by the user stay.
    const isTheirs = [one, other].every(({ x, y }) =>
      Object.values(fixed).some((place) => place.x === x && place.y === y),
    );
    expect(isBeside || isBelow || isTheirs, JSON.stringify([one, other])).toBe(true);
  }
});

test('places agents of a cyclic workflow', () => {
  const circle: [string, string][] = [
    ['a', 'b'],
    ['b', 'a'],
  ];
  expect(distinct(arrangeAgents(workflowOf({ a: undefined, b: undefined }, circle)))).toBe(2);
});

test('returns the same document if every card is visible', () => {
  const workflow = workflowOf({ a: { x: 0, y: 0 }, b: { x: 60, y: 40 } });
  expect(arrangeAgents(workflow)).toBe(workflow);
});
