import type { AgentId } from './ids.ts';
import type { Agent, Connection, Workflow } from './schema.ts';

/** The parts of a workflow that determine the order of its agents. */
export type GraphSource = {
  readonly agents: readonly Pick<Agent, 'id'>[];
  readonly connections: readonly GraphConnection[];
};

/** Without a flow type, it is `always`. */
export type GraphConnection = Pick<Connection, 'source' | 'target'> &
  Partial<Pick<Connection, 'flowType'>>;

/**
 * Which agents wait for which. Agents are in document order, without duplicate neighbors. Loops are omitted, because no
 * agent waits for them before its first round. So are connections with a missing end and from an agent to itself, so that
 * an unfinished workflow can be shown.
 */
export type WorkflowGraph = {
  readonly agentIds: readonly AgentId[];
  readonly upstream: ReadonlyMap<AgentId, readonly AgentId[]>;
  readonly downstream: ReadonlyMap<AgentId, readonly AgentId[]>;
};

export function graphOf(source: GraphSource): WorkflowGraph {
  const agentIds = [...new Set(source.agents.map((agent) => agent.id))];
  const upstream = new Map(agentIds.map((id) => [id, new Set<AgentId>()]));
  const downstream = new Map(agentIds.map((id) => [id, new Set<AgentId>()]));
  for (const { source: from, target: to, flowType } of source.connections) {
    if (flowType === 'loop' || from === to || !upstream.has(from) || !upstream.has(to)) continue;
    upstream.get(to)?.add(from);
    downstream.get(from)?.add(to);
  }
  return { agentIds, upstream: asLists(upstream), downstream: asLists(downstream) };
}

function asLists(sets: Map<AgentId, Set<AgentId>>): Map<AgentId, AgentId[]> {
  return new Map([...sets].map(([id, neighbors]) => [id, [...neighbors]]));
}

/** The direct upstream agents. */
export function upstreamOf(graph: WorkflowGraph, id: AgentId): readonly AgentId[] {
  return graph.upstream.get(id) ?? [];
}

/** The direct downstream agents. */
export function downstreamOf(graph: WorkflowGraph, id: AgentId): readonly AgentId[] {
  return graph.downstream.get(id) ?? [];
}

/** The agents without downstream agents, whose work is the result of the workflow. */
export function finalAgents(graph: WorkflowGraph): AgentId[] {
  return graph.agentIds.filter((id) => downstreamOf(graph, id).length === 0);
}

/** The wave of each agent: the length of the longest path to it. Agents in or after a cycle have none. */
function waveNumbers(graph: WorkflowGraph): Map<AgentId, number> {
  const waiting = new Map(graph.agentIds.map((id) => [id, upstreamOf(graph, id).length]));
  const ready = graph.agentIds.filter((id) => waiting.get(id) === 0);
  const waves = new Map(ready.map((id) => [id, 0]));
  const settled = new Map<AgentId, number>();
  for (const id of ready) {
    const wave = waves.get(id) ?? 0;
    settled.set(id, wave);
    for (const next of downstreamOf(graph, id)) {
      waves.set(next, Math.max(waves.get(next) ?? 0, wave + 1));
      const remaining = (waiting.get(next) ?? 0) - 1;
      waiting.set(next, remaining);
      if (remaining === 0) ready.push(next);
    }
  }
  return settled;
}

/**
 * The agents by wave, in document order within each wave. Every connection leads to a later wave. Agents in or after a
 * cycle are in an additional last wave, so that none is lost.
 */
export function wavesOf(workflow: GraphSource | Workflow): AgentId[][] {
  const graph = graphOf(workflow);
  const numbers = waveNumbers(graph);
  const last = Math.max(-1, ...numbers.values()) + 1;
  const waves: AgentId[][] = [];
  for (const id of graph.agentIds) {
    const wave = numbers.get(id) ?? last;
    for (let missing = waves.length; missing <= wave; missing += 1) waves.push([]);
    waves[wave]?.push(id);
  }
  return waves;
}

/** All agents, each one after its upstream agents. */
export function topologicalOrder(workflow: GraphSource | Workflow): AgentId[] {
  return wavesOf(workflow).flat();
}

/** All direct and indirect upstream agents of each agent. Empty for agents in or after a cycle. */
export function ancestorsOf(graph: WorkflowGraph): Map<AgentId, ReadonlySet<AgentId>> {
  const ancestors = new Map<AgentId, Set<AgentId>>(graph.agentIds.map((id) => [id, new Set()]));
  const numbers = [...waveNumbers(graph)].sort(([, one], [, other]) => one - other);
  for (const [id] of numbers) {
    const own = ancestors.get(id);
    for (const parent of upstreamOf(graph, id)) {
      own?.add(parent);
      for (const ancestor of ancestors.get(parent) ?? []) own?.add(ancestor);
    }
  }
  return ancestors;
}
