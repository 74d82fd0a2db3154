import type { AgentId } from '../ids.ts';
import type { Agent } from '../schema.ts';

/** Agents that are above each other on the canvas. */
export type Column = { readonly x: number; readonly agents: readonly Agent[] };

export const columnWidth = 320;
export const cardWidth = 240;
/** All cards have the same height; longer text is truncated. */
export const cardHeight = 110;
export const rowHeight = 152;

/** Cards whose positions differ by at most this much are in one column. */
const sameColumnWidth = cardWidth * 0.6;

/** The columns from left to right. */
export function columnsOf(agents: readonly Agent[]): Column[] {
  const columns: { x: number; agents: Agent[] }[] = [];
  for (const agent of agents.toSorted((one, other) => one.position.x - other.position.x)) {
    const last = columns.at(-1);
    if (last !== undefined && agent.position.x - last.x <= sameColumnWidth) last.agents.push(agent);
    else columns.push({ x: agent.position.x, agents: [agent] });
  }
  return columns;
}

/** The column of each agent, from 0. */
export function columnNumbers(agents: readonly Agent[]): Map<AgentId, number> {
  return new Map(
    columnsOf(agents).flatMap((column, number) =>
      column.agents.map(({ id }) => [id, number] as const),
    ),
  );
}

/** The position of a card that is dropped: in the nearest column, or in a new one. */
export function dropPosition(agents: readonly Agent[], target: { x: number; y: number }) {
  const near = columnsOf(agents)
    .map(({ x }) => x)
    .sort((one, other) => Math.abs(one - target.x) - Math.abs(other - target.x))[0];
  const isInColumn = near !== undefined && Math.abs(near - target.x) <= columnWidth / 2;
  const x = isInColumn ? near : snapped(target.x);
  return { x, y: freeRow(agents, x, snapped(target.y)) };
}

/** The nearest free vertical position in a column. */
export function freeRow(agents: readonly Agent[], x: number, preferred: number): number {
  const taken = agents
    .filter(({ position }) => Math.abs(position.x - x) < cardWidth)
    .map(({ position }) => position.y);
  const isFree = (y: number) => taken.every((other) => Math.abs(other - y) >= cardHeight);
  const candidates = [preferred, ...taken.flatMap((y) => [y + rowHeight, y - rowHeight])].filter(
    isFree,
  );
  return (
    candidates.sort((one, other) => Math.abs(one - preferred) - Math.abs(other - preferred))[0] ??
    preferred
  );
}

const snapped = (length: number) => Math.round(length / 8) * 8;

/** The position below a column's last card; past the last column, a new one begins. */
export function bottomOf(agents: readonly Agent[], column: number): { x: number; y: number } {
  const columns = columnsOf(agents);
  const existing = columns[column];
  if (existing !== undefined)
    return { x: existing.x, y: Math.max(...existing.agents.map((a) => a.position.y)) + rowHeight };
  const last = columns.at(-1);
  if (last === undefined) return { x: 0, y: 0 };
  return { x: last.x + columnWidth, y: Math.min(...last.agents.map((a) => a.position.y)) };
}
