import { expect, test } from 'vitest';
import { workflowSchema } from '../../workflow/schema.ts';
import { boxToShow, fitAgents, savedViewport, shiftIntoView } from './viewport.ts';

const window = { width: 1000, height: 600 };
const workflowAt = (viewport: { x: number; y: number; zoom: number }) =>
  workflowSchema.parse({
    version: '1.0',
    id: 'w',
    name: 'W',
    agents: [{ id: 'a', name: 'A', position: { x: 100, y: 100 } }],
    viewport,
  });

test('restores the stored viewport', () => {
  const view = { x: 40, y: -20, zoom: 0.8 };
  expect(savedViewport(workflowAt(view), window)).toEqual(view);
});

test('fits a file whose viewport was never changed or shows no agent in this window', () => {
  expect(savedViewport(workflowAt({ x: 0, y: 0, zoom: 1 }), window)).toBeNull();
  expect(savedViewport(workflowAt({ x: 5000, y: 0, zoom: 1 }), window)).toBeNull();
});

test('moves a covered card no further than necessary, and a visible one not at all', () => {
  const card = { x: 900, y: 100, width: 240, height: 120 };
  const view = { x: 0, y: 0, zoom: 1 };
  expect(shiftIntoView(card, view, window, 20)).toEqual({ x: -160, y: 0 });
  expect(shiftIntoView({ ...card, x: 300 }, view, window, 20)).toEqual({ x: 0, y: 0 });
  expect(shiftIntoView({ ...card, x: -50 }, view, window, 20)).toEqual({ x: 70, y: 0 });
});

test('shows the start of a card that is wider than the window', () => {
  const card = { x: 0, y: 0, width: 400, height: 100 };
  const view = { x: 50, y: 0, zoom: 1 };
  expect(shiftIntoView(card, view, { width: 300, height: 600 }, 20)).toEqual({ x: -30, y: 20 });
});

const agentsAt = (...places: [x: number, y: number][]) =>
  workflowSchema.parse({
    version: '1.0',
    id: 'w',
    name: 'W',
    agents: places.map(([x, y], index) => ({ id: `a${index}`, name: 'A', position: { x, y } })),
  }).agents;

test.each([
  [[[0, 0]]],
  [
    [
      [-4000, -3000],
      [0, 0],
    ],
  ],
  [
    [
      [0, 0],
      [640, 300],
      [1280, 900],
    ],
  ],
] as [x: number, y: number][][][])('fits every card into the window: %j', (places) => {
  const view = fitAgents(agentsAt(...places), window);
  expect(view.zoom).toBeLessThanOrEqual(1);
  for (const [x, y] of places) {
    const card = { x, y, width: 240, height: 110 };
    expect(shiftIntoView(card, view, window)).toEqual({ x: 0, y: 0 });
  }
});

test('shows the start of a workflow that is too large to fit', () => {
  const view = fitAgents(agentsAt([-300, 0], [40_000, 0]), window);
  const first = { x: -300, y: 0, width: 240, height: 110 };
  expect(shiftIntoView(first, view, window)).toEqual({ x: 0, y: 0 });
});

test('has a viewport without agents, and for a window without a size', () => {
  expect(fitAgents([], window)).toEqual({ x: 0, y: 0, zoom: 1 });
  expect(fitAgents(agentsAt([50, 50]), { width: 0, height: 0 })).toEqual({ x: 0, y: 0, zoom: 1 });
});

test('shows both ends of a connection if they fit next to the panel, otherwise its target', () => {
  const card = (x: number) => ({ x, y: 100, width: 240, height: 120 });
  const both = [card(600), card(0)];
  expect(boxToShow(both, 1, window)).toEqual({ x: 0, y: 100, width: 840, height: 120 });
  expect(boxToShow(both, 2, window)).toEqual(card(0));
  expect(boxToShow([card(600)], 1, window)).toEqual(card(600));
  expect(boxToShow([], 1, window)).toBeUndefined();
});
