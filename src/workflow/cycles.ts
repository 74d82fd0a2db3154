import { downstreamOf, type WorkflowGraph } from './graph.ts';
import type { AgentId } from './ids.ts';

/**
 * One cycle for every group of agents that wait for each other, in the order of the connections and starting
 * with the agent that the document names first. Empty when the workflow has an order.
 */
export function cyclesOf(graph: WorkflowGraph): AgentId[][] {
  const groups = knots(graph);
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
function knots(graph: WorkflowGraph): Map<AgentId, number> {
  const finished: AgentId[] = [];
  const seen = new Set<AgentId>();
  for (const id of graph.agentIds) visit(id, graph.downstream, seen, finished);

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
  seen: Set<AgentId>,
  finished: AgentId[],
): void {
  if (seen.has(start)) return;
  seen.add(start);
  const open = [{ id: start, next: 0 }];
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const neighbor = neighbors.get(top.id)?.[top.next];
    top.next += 1;
    if (neighbor === undefined) {
      finished.push(top.id);
      open.pop();
    } else if (!seen.has(neighbor)) {
      seen.add(neighbor);
      open.push({ id: neighbor, next: 0 });
    }
  }
}

/** Breadth-first way from an agent of a knot back to itself; a knot always has one. */
function shortestCycle(
  graph: WorkflowGraph,
  start: AgentId,
  isInKnot: (id: AgentId) => boolean,
): AgentId[] {
  const cameFrom = new Map<AgentId, AgentId>();
  const queue = [start];
  for (const id of queue) {
    for (const next of downstreamOf(graph, id)) {
      if (next === start) return wayTo(id, start, cameFrom);
      if (cameFrom.has(next) || !isInKnot(next)) continue;
      cameFrom.set(next, id);
      queue.push(next);
    }
  }
  return [start];
}

function wayTo(end: AgentId, start: AgentId, cameFrom: ReadonlyMap<AgentId, AgentId>): AgentId[] {
  const way: AgentId[] = [];
  for (let id: AgentId | undefined = end; id !== undefined; id = cameFrom.get(id)) way.push(id);
  return way.at(-1) === start ? way.toReversed() : [start, ...way.toReversed()];
}
