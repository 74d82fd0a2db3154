import { expect, test } from 'vitest';
import { type Workflow, workflowSchema } from '../../workflow/schema.ts';
import { arranged } from './arrangement.ts';

type Place = { x: number; y: number };

const workflowOf = (places: Record<string, Place | undefined>, arrows: [string, string][] = []) =>
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
