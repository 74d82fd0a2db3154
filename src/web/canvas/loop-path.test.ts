import { expect, test } from 'vitest';
import { cardHeight, cardWidth } from '../../workflow/edit/columns.ts';
import { loopMarginPx, lowestLine } from './loop-path.ts';

test('a loop that is being drawn goes below the cards between its ends, and below no others', () => {
  const [from, to] = [
    { x: 2 * cardWidth + 200, y: 50 },
    { x: 100, y: 50 },
  ];
  const cards = [
    { x: 100, y: 0 },
    { x: 150 + cardWidth, y: 300 },
    // To the right of both.
    { x: from.x + 100, y: 900 },
  ];
  expect(lowestLine(cards, from, to)).toBe(300 + cardHeight + loopMarginPx);
  expect(lowestLine([], from, { ...to, y: 700 })).toBe(700 + loopMarginPx);
});
