import { downstreamOf, graphOf, upstreamOf, type WorkflowGraph } from './graph.ts';
import type { AgentId } from './ids.ts';
import type { AgentLoop } from './schema/loop-settings.ts';
import type { Connection, Workflow } from './schema.ts';

/** Rounds of a loop that says no number. */
export const DEFAULT_ROUNDS = 3;

/** Naming more of them helps nobody. */
const MAX_CROSSINGS = 100;

/** A connection back to an earlier agent, with everyone who works again in each round. */
export type Loop = {
  readonly connection: Connection;
  /** In the document's order. */
  readonly body: readonly AgentId[];
  /** The smallest loop around this one. */
  readonly parent: Loop | null;
};

export type Loops = {
  /** Outer loops before those inside of them. Loops that lead nowhere back are left out. */
  readonly loops: readonly Loop[];
  /** At most 100 pairs that share some agents while each has agents of its own: neither is inside of the other. */
  readonly crossings: readonly (readonly [Loop, Loop])[];
};

export function maxRoundsOf({ maxIterations }: Pick<Connection | AgentLoop, 'maxIterations'>) {
  return maxIterations ?? DEFAULT_ROUNDS;
}

export function loopConnections({ connections }: Pick<Workflow, 'connections'>): Connection[] {
  return connections.filter(({ flowType }) => flowType === 'loop');
}

/**
 * Every agent on a way from the target of a loop to its source, both included, in the document's order: those who
 * work again when the loop is taken. Empty when no way leads from the target to the source, for then nothing repeats.
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

/** The loops of a workflow and how they stand to each other, in time that grows with the sizes of their bodies. */
export function loopsOf(workflow: Workflow, graph: WorkflowGraph = graphOf(workflow)): Loops {
  const bySize = loopConnections(workflow)
    .map((connection) => ({ connection, body: loopBody(graph, connection) }))
    .filter(({ body }) => body.length > 0)
    .sort((one, other) => other.body.length - one.body.length);
  const loops: Loop[] = [];
  const crossings: [Loop, Loop][] = [];
  /** The smallest loop around each agent among those seen, which are the larger ones. */
  const innermost = new Map<AgentId, Loop>();
  for (const { connection, body } of bySize) {
    const around = [...new Set(body.map((id) => innermost.get(id) ?? null))];
    const parent = around.length === 1 ? (around[0] ?? null) : null;
    const loop = { connection, body, parent };
    loops.push(loop);
    // Were it inside of one loop, or apart from all, each of its agents would have the same loop around it.
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
