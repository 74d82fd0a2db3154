import { cardHeight, cardWidth } from '../../workflow/edit/columns.ts';

type Point = { readonly x: number; readonly y: number };

/** Distance from the cards at which a loop goes down and up. */
const offsetPx = 36;
const radiusPx = 20;

/**
 * An SVG path from the right of one card, below all cards between, to the left of an earlier one, with the position of
 * its label.
 */
export function loopPath(from: Point, to: Point, bottom: number): [string, number, number] {
  const right = from.x + offsetPx;
  const left = to.x - offsetPx;
  const path = [
    `M ${from.x},${from.y}`,
    `Q ${right},${from.y} ${right},${from.y + radiusPx}`,
    `L ${right},${bottom - radiusPx}`,
    `Q ${right},${bottom} ${right - radiusPx},${bottom}`,
    `L ${left + radiusPx},${bottom}`,
    `Q ${left},${bottom} ${left},${bottom - radiusPx}`,
    `L ${left},${to.y + radiusPx}`,
    `Q ${left},${to.y} ${to.x},${to.y}`,
  ].join(' ');
  return [path, (left + right) / 2, bottom];
}

/** Distance of a loop from the cards that it goes around. */
export const loopMarginPx = 40;

/** Where a loop from one point back to another can go below all cards between them. */
export function lowestLine(cards: readonly Point[], from: Point, to: Point): number {
  const between = cards.filter(({ x }) => x < from.x && x + cardWidth > to.x);
  const lowest = Math.max(...between.map(({ y }) => y + cardHeight), from.y, to.y);
  return lowest + loopMarginPx;
}
