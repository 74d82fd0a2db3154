import { expect, test } from 'vitest';
import { cardHeight, cardWidth } from '../../workflow/edit/columns.ts';
import { type Workflow, workflowSchema } from '../../workflow/schema.ts';
import { arranged } from './arrangement.ts';

type Route = { x: number; y: number };

const workflowOf = (places: Record<string, Route | undefined>, arrows: [string, string][] = []) =>
  workflowSchema.parse({
    version: '1.0',
    id: 'w',
    name: 'W',
    agents: Object.entries(places).map(([id, position]) => ({
      id,
      name: id,
      ...(position && { position }),
    })),
    connections: arrows.map(([source, target]) => ({ source, target })),
  });

const placesOf = ({ agents }: Workflow) =>
  Object.fromEntries(agents.map(({ id, position: { x, y } }) => [id, [x, y]]));
const distinct = (workflow: Workflow) =>
  new Set(workflow.agents.map(({ position }) => `${position.x},${position.y}`)).size;

test('puts agents without positions into the columns of their waves', () => {
  const workflow = workflowOf({ a: undefined, b: undefined, c: undefined }, [['a', 'b']]);
  expect(placesOf(arranged(workflow))).toEqual({ a: [0, 0], c: [0, 152], b: [320, 0] });
});

test('leaves those alone that have a place, and finds one for the others', () => {
  const places = { a: { x: 40, y: 60 }, b: { x: 400, y: 60 }, c: undefined, d: undefined };
  const found = arranged(
    workflowOf(places, [
      ['a', 'b'],
      ['b', 'd'],
    ]),
  );
  expect(placesOf(found)).toMatchObject({ a: [40, 60], b: [400, 60] });
  expect(distinct(found)).toBe(4);
});

test('parts cards that lie on the same spot, wherever that is', () => {
  const spot = { x: 700, y: 300 };
  const found = arranged(workflowOf({ a: spot, b: spot, c: { x: 701, y: 303 } }));
  expect(distinct(found)).toBe(3);
  const ys = found.agents.map(({ position }) => position.y).sort((one, other) => one - other);
  expect((ys[1] ?? 0) - (ys[0] ?? 0)).toBeGreaterThan(100);
});

test('puts no card on another, wherever those that have a place stand', () => {
  const fixed = { a: { x: 0, y: 0 }, b: { x: 160, y: 152 }, c: { x: 300, y: 40 } };
  const found = arranged(
    workflowOf({ ...fixed, d: undefined, e: undefined, f: undefined, g: undefined }, [
      ['d', 'e'],
      ['e', 'f'],
    ]),
  );
  expect(placesOf(found)).toMatchObject({ a: [0, 0], b: [160, 152], c: [300, 40] });
  const pairs = found.agents.flatMap((one, index) =>
    found.agents.slice(index + 1).map((other) => [one.position, other.position] as const),
  );
  for (const [one, other] of pairs) {
    const isBeside = Math.abs(one.x - other.x) >= cardWidth;
    const isBelow = Math.abs(one.y - other.y) >= cardHeight;
    // Two that were put so by a person stay so.
    const isTheirs = [one, other].every(({ x, y }) =>
      Object.values(fixed).some((place) => place.x === x && place.y === y),
    );
    expect(isBeside || isBelow || isTheirs, JSON.stringify([one, other])).toBe(true);
  }
});

test('finds a place where connections go round in circles', () => {
  const circle: [string, string][] = [
    ['a', 'b'],
    ['b', 'a'],
  ];
  expect(distinct(arranged(workflowOf({ a: undefined, b: undefined }, circle)))).toBe(2);
});

test('gives the same document back where every card is seen', () => {
  const workflow = workflowOf({ a: { x: 0, y: 0 }, b: { x: 60, y: 40 } });
  expect(arranged(workflow)).toBe(workflow);
});
