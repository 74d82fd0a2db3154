import { downstreamOf, type WorkflowGraph } from './graph.ts';
import type { AgentId } from './ids.ts';

/**
 * One cycle for every group of agents that wait for each other, in the order of the connections and starting
 * with the agent that the document names first. Empty when the workflow has an order.
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
 * Numbers the strongly connected components of more than one agent (Kosaraju's two passes, without recursion
 * because a chain of agents may be long).
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

/** Depth-first walk; agents are appended to `finished` after everything that can be reached from them. */
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

/** Breadth-first way from an agent of a knot back to itself; a knot always has one. */
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
