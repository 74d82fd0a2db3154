type Point = { readonly x: number; readonly y: number };

/** How far next to the cards a loop goes down and comes up again. */
const asidePx = 36;
const roundPx = 20;

/** A line from the right of one card, below all between, to the left of an earlier one; and where its label stands. */
export function loopPath(from: Point, to: Point, bottom: number): [string, number, number] {
  const right = from.x + asidePx;
  const left = to.x - asidePx;
  const path = [
    `M ${from.x},${from.y}`,
    `Q ${right},${from.y} ${right},${from.y + roundPx}`,
    `L ${right},${bottom - roundPx}`,
    `Q ${right},${bottom} ${right - roundPx},${bottom}`,
    `L ${left + roundPx},${bottom}`,
    `Q ${left},${bottom} ${left},${bottom - roundPx}`,
    `L ${left},${to.y + roundPx}`,
    `Q ${left},${to.y} ${to.x},${to.y}`,
  ].join(' ');
  return [path, (left + right) / 2, bottom];
}
