import type { Agent } from '../../workflow/schema.ts';

/** Agents stand in columns; where an agent is dropped decides its column, and its height is its own. */
export const columnWidth = 320;
export const cardWidth = 240;
export const rowHeight = 152;

export function columnOf(agent: Pick<Agent, 'position'>): number {
  return Math.round(agent.position.x / columnWidth);
}

export function positionInColumn(column: number, y: number): { x: number; y: number } {
  return { x: column * columnWidth, y: Math.round(y / 8) * 8 };
}

/** A free place at the bottom of a column. */
export function nextPosition(agents: readonly Agent[], column: number): { x: number; y: number } {
  const heights = agents.filter((agent) => columnOf(agent) === column).map((a) => a.position.y);
  return positionInColumn(column, heights.length === 0 ? 0 : Math.max(...heights) + rowHeight);
}

/** The column after the last one, or the first one of an empty workflow. */
export function columnAfterLast(agents: readonly Agent[]): number {
  return agents.length === 0 ? 0 : Math.max(...agents.map(columnOf)) + 1;
}
