import { bottomOf, freeRow } from '../../workflow/edit/columns.ts';
import { tidyUp } from '../../workflow/edit/operations.ts';
import { wavesOf } from '../../workflow/graph.ts';
import type { Agent, Workflow } from '../../workflow/schema.ts';

/** Within this distance, the upper card covers the lower one. */
const stackedDistance = 16;

const isStackedOn = ({ position: one }: Agent, { position: other }: Agent) =>
  Math.abs(one.x - other.x) < stackedDistance && Math.abs(one.y - other.y) < stackedDistance;

/**
 * Places agents without a position, which would otherwise lie on top of each other. Agents with a position keep it; if
 * none has one, all are placed in the columns of their waves.
 */
export function arrangeAgents(workflow: Workflow): Workflow {
  const { agents } = workflow;
  const placed: Agent[] = [];
  const stacked: Agent[] = [];
  for (const agent of agents)
    (placed.some((other) => isStackedOn(agent, other)) ? stacked : placed).push(agent);
  if (stacked.length === 0) return workflow;
  if (placed.length === 1) return tidyUp(workflow);
  const waves = wavesOf(workflow);
  const moved = new Map<string, Agent>();
  for (const agent of stacked) {
    const wave = waves.findIndex((ids) => ids.includes(agent.id));
    const known = [...placed, ...moved.values()];
    const { x, y } = bottomOf(known, wave === -1 ? known.length : wave);
    // Cards of another column may extend into this one.
    const position = { ...agent.position, x, y: freeRow(known, x, y) };
    moved.set(agent.id, { ...agent, position });
  }
  return { ...workflow, agents: agents.map((agent) => moved.get(agent.id) ?? agent) };
}
