import { expect, test } from 'vitest';
import { workflowSchema } from '../../workflow/schema.ts';
import { restorable, shiftIntoSight } from './viewport.ts';

const window = { width: 1000, height: 600 };
const workflowAt = (viewport: { x: number; y: number; zoom: number }) =>
  workflowSchema.parse({
    version: '1.0',
    id: 'w',
    name: 'W',
    agents: [{ id: 'a', name: 'A', position: { x: 100, y: 100 } }],
    viewport,
  });

test('restores the view that a file was left at', () => {
  const view = { x: 40, y: -20, zoom: 0.8 };
  expect(restorable(workflowAt(view), window)).toEqual(view);
});

test('fits a file that was never moved, or whose view shows nothing in this window', () => {
  expect(restorable(workflowAt({ x: 0, y: 0, zoom: 1 }), window)).toBeNull();
  expect(restorable(workflowAt({ x: 5000, y: 0, zoom: 1 }), window)).toBeNull();
});

test('moves a covered card just as far as it needs, and what is seen not at all', () => {
  const card = { x: 900, y: 100, width: 240, height: 120 };
  const view = { x: 0, y: 0, zoom: 1 };
  expect(shiftIntoSight(card, view, window, 20)).toEqual({ x: -160, y: 0 });
  expect(shiftIntoSight({ ...card, x: 300 }, view, window, 20)).toEqual({ x: 0, y: 0 });
  expect(shiftIntoSight({ ...card, x: -50 }, view, window, 20)).toEqual({ x: 70, y: 0 });
});

test('shows the beginning of a card that is wider than the window', () => {
  const card = { x: 0, y: 0, width: 400, height: 100 };
  const view = { x: 50, y: 0, zoom: 1 };
  expect(shiftIntoSight(card, view, { width: 300, height: 600 }, 20)).toEqual({ x: -30, y: 20 });
});
