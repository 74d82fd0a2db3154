import { downstreamOf, type WorkflowGraph } from './graph.ts';
import type { AgentId } from './ids.ts';

/**
 * One cycle for each group of agents that wait for each other, starting with the agent that comes first in the document.
 * Empty if the graph is acyclic.
 */
export function cyclesOf(graph: WorkflowGraph): AgentId[][] {
  const groups = stronglyConnectedComponents(graph);
  const firsts = new Set<number>();
  const cycles: AgentId[][] = [];
  for (const id of graph.agentIds) {
    const group = groups.get(id);
    if (group === undefined || firsts.has(group)) continue;
    firsts.add(group);
    cycles.push(shortestCycle(graph, id, (other) => groups.get(other) === group));
  }
  return cycles;
}

/**
 * The number of the strongly connected component of each agent, for components of more than one agent. Kosaraju's
 * algorithm, without recursion because chains of agents may be long.
 */
function stronglyConnectedComponents(graph: WorkflowGraph): Map<AgentId, number> {
  const finished: AgentId[] = [];
  const visited = new Set<AgentId>();
  for (const id of graph.agentIds) visit(id, graph.downstream, visited, finished);

  const groups = new Map<AgentId, number>();
  const assigned = new Set<AgentId>();
  let group = 0;
  for (const id of finished.toReversed()) {
    const members: AgentId[] = [];
    visit(id, graph.upstream, assigned, members);
    if (members.length < 2) continue;
    for (const member of members) groups.set(member, group);
    group += 1;
  }
  return groups;
}

/** Depth-first search that appends agents to `finished` in postorder. */
function visit(
  start: AgentId,
  neighbors: ReadonlyMap<AgentId, readonly AgentId[]>,
  visited: Set<AgentId>,
  finished: AgentId[],
): void {
  if (visited.has(start)) return;
  visited.add(start);
  const open = [{ id: start, next: 0 }];
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const neighbor = neighbors.get(top.id)?.[top.next];
    top.next += 1;
    if (neighbor === undefined) {
      finished.push(top.id);
      open.pop();
    } else if (!visited.has(neighbor)) {
      visited.add(neighbor);
      open.push({ id: neighbor, next: 0 });
    }
  }
}

/** The shortest path from an agent of a component back to itself, by breadth-first search. */
function shortestCycle(
  graph: WorkflowGraph,
  start: AgentId,
  isInComponent: (id: AgentId) => boolean,
): AgentId[] {
  const cameFrom = new Map<AgentId, AgentId>();
  const queue = [start];
  for (const id of queue) {
    for (const next of downstreamOf(graph, id)) {
      if (next === start) return pathTo(id, start, cameFrom);
      if (cameFrom.has(next) || !isInComponent(next)) continue;
      cameFrom.set(next, id);
      queue.push(next);
    }
  }
  return [start];
}

function pathTo(end: AgentId, start: AgentId, cameFrom: ReadonlyMap<AgentId, AgentId>): AgentId[] {
  const path: AgentId[] = [];
  for (let id: AgentId | undefined = end; id !== undefined; id = cameFrom.get(id)) path.push(id);
  return path.at(-1) === start ? path.toReversed() : [start, ...path.toReversed()];
}
