import { downstreamOf, graphOf, upstreamOf, type WorkflowGraph } from './graph.ts';
import type { AgentId } from './ids.ts';
import type { AgentLoop } from './schema/loop-settings.ts';
import type { Connection, Workflow } from './schema.ts';

/** The maximum rounds of a loop without `maxIterations`. */
export const DEFAULT_ROUNDS = 3;

/** Reporting more of them does not help. */
const MAX_CROSSINGS = 100;

/** A connection back to an earlier agent, with the agents that work again in each round. */
export type Loop = {
  readonly connection: Connection;
  /** In the document's order. */
  readonly body: readonly AgentId[];
  /** The smallest loop around this one. */
  readonly parent: Loop | null;
};

export type Loops = {
  /** Outer loops come before inner ones. Loops that do not lead back are omitted. */
  readonly loops: readonly Loop[];
  /** At most `MAX_CROSSINGS` pairs of loops that overlap, although neither contains the other. */
  readonly crossings: readonly (readonly [Loop, Loop])[];
};

export function maxRoundsOf({ maxIterations }: Pick<Connection | AgentLoop, 'maxIterations'>) {
  return maxIterations ?? DEFAULT_ROUNDS;
}

export function loopConnections({ connections }: Pick<Workflow, 'connections'>): Connection[] {
  return connections.filter(({ flowType }) => flowType === 'loop');
}

/**
 * Every agent on a path from the target of a loop to its source, including both, in document order. Empty if there is no
 * such path, so that nothing is repeated.
 */
export function loopBody(
  graph: WorkflowGraph,
  { source, target }: Pick<Connection, 'source' | 'target'>,
): AgentId[] {
  if (!graph.upstream.has(source) || !graph.upstream.has(target)) return [];
  const after = reachable(target, (id) => downstreamOf(graph, id));
  if (!after.has(source)) return [];
  const between = reachable(source, (id) =>
    upstreamOf(graph, id).filter((each) => after.has(each)),
  );
  return graph.agentIds.filter((id) => between.has(id));
}

/** The loops of a workflow and how they are nested. Takes time proportional to the sizes of their bodies. */
export function loopsOf(workflow: Workflow, graph: WorkflowGraph = graphOf(workflow)): Loops {
  const bySize = loopConnections(workflow)
    .map((connection) => ({ connection, body: loopBody(graph, connection) }))
    .filter(({ body }) => body.length > 0)
    .sort((one, other) => other.body.length - one.body.length);
  const loops: Loop[] = [];
  const crossings: [Loop, Loop][] = [];
  /** The smallest loop so far around each agent. Larger loops are visited first. */
  const innermost = new Map<AgentId, Loop>();
  for (const { connection, body } of bySize) {
    const around = [...new Set(body.map((id) => innermost.get(id) ?? null))];
    const parent = around.length === 1 ? (around[0] ?? null) : null;
    const loop = { connection, body, parent };
    loops.push(loop);
    // If it is inside one loop, or disjoint from all, the same loop is around each of its agents.
    if (around.length > 1 && crossings.length < MAX_CROSSINGS)
      crossings.push(...crossed(loop, around));
    for (const id of body) innermost.set(id, loop);
  }
  return { loops, crossings };
}

function crossed(loop: Loop, others: readonly (Loop | null)[]): [Loop, Loop][] {
  return others.flatMap((other) =>
    other === null || isInside(loop, other) ? [] : [[other, loop] satisfies [Loop, Loop]],
  );
}

function isInside({ body }: Loop, { body: outer }: Loop): boolean {
  const agents = new Set(outer);
  return body.every((id) => agents.has(id));
}

function reachable(
  start: AgentId,
  neighbors: (id: AgentId) => readonly AgentId[],
): ReadonlySet<AgentId> {
  const found = new Set([start]);
  for (const id of found) for (const next of neighbors(id)) found.add(next);
  return found;
}
