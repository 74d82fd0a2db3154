import { isBlank } from '../../lib/blank.ts';
import { graphOf } from '../../workflow/graph.ts';
import { type AgentId, type ConnectionId, connectionId } from '../../workflow/ids.ts';
import { loopBody, maxRoundsOf } from '../../workflow/loops.ts';
import type { FlowType } from '../../workflow/schema.ts';

/** The parts of a workflow that determine the control flow of a session. */
export type FlowSource = {
  readonly agents: readonly { readonly id: AgentId; readonly loop?: OwnLoop | undefined }[];
  readonly connections: readonly FlowSourceConnection[];
};

type OwnLoop = {
  readonly exitCondition?: string;
  readonly maxIterations?: number;
};

type FlowSourceConnection = {
  readonly id: ConnectionId;
  readonly source: AgentId;
  readonly target: AgentId;
  readonly flowType: FlowType;
  readonly isElse?: boolean;
  readonly expression?: string;
  readonly loopCondition?: string;
  readonly maxIterations?: number;
};

/** A connection that its target waits for: any except the back connection of a loop. */
export type FlowConnection = {
  readonly id: ConnectionId;
  readonly source: AgentId;
  readonly target: AgentId;
  readonly kind: 'always' | 'conditional' | 'else' | 'approval-gate';
};

/** A loop from `source`, the last agent of its body, back to `target`, the first. An agent's own loop has one agent as both. */
export type FlowLoop = {
  readonly id: ConnectionId;
  readonly source: AgentId;
  readonly target: AgentId;
  /** Every agent on a path from `target` to `source`, including both. */
  readonly body: ReadonlySet<AgentId>;
  readonly maxRounds: number;
  /** Without an exit condition, all rounds are carried out. */
  readonly hasExitCondition: boolean;
};

export type FlowGraph = {
  readonly agentIds: readonly AgentId[];
  readonly connections: readonly FlowConnection[];
  readonly incoming: ReadonlyMap<AgentId, readonly FlowConnection[]>;
  readonly outgoing: ReadonlyMap<AgentId, readonly FlowConnection[]>;
  /** Inner loops come before outer ones. */
  readonly loops: readonly FlowLoop[];
};

/** Identifies an agent's own loop, which has no connection, in decisions and events. */
export function ownLoopId(id: AgentId): ConnectionId {
  return connectionId(`loop:${id}`);
}

/** The control-flow graph. Omits connections with a missing end, from an agent to itself, and loops that lead nowhere back. */
export function flowGraphOf(source: FlowSource): FlowGraph {
  const agentIds = [...new Set(source.agents.map(({ id }) => id))];
  const known = new Set(agentIds);
  const drawn = source.connections.filter(
    ({ source: from, target: to }) => from !== to && known.has(from) && known.has(to),
  );
  const connections = drawn.flatMap(forwardConnection);
  const incoming = grouped(agentIds, connections, 'target');
  const outgoing = grouped(agentIds, connections, 'source');
  const graph = graphOf(source);
  const loops = [...source.agents.flatMap(ownLoop), ...drawn.flatMap(backConnection)]
    .map((loop) => ({ ...loop, body: new Set(loopBody(graph, loop)) }))
    .filter(({ body }) => body.size > 0);
  return {
    agentIds,
    connections,
    incoming,
    outgoing,
    loops: loops.toSorted((one, other) => one.body.size - other.body.size),
  };
}

function forwardConnection(connection: FlowSourceConnection): FlowConnection[] {
  const { id, source, target, flowType, isElse } = connection;
  if (flowType === 'loop') return [];
  const kind = flowType === 'conditional' && isElse === true ? 'else' : flowType;
  return [{ id, source, target, kind }];
}

function backConnection(connection: FlowSourceConnection): Omit<FlowLoop, 'body'>[] {
  const { id, source, target, flowType, loopCondition, expression, maxIterations } = connection;
  if (flowType !== 'loop') return [];
  const hasExitCondition = isWritten(loopCondition) || isWritten(expression);
  return [{ id, source, target, hasExitCondition, maxRounds: roundsOf({ maxIterations }) }];
}

function ownLoop({ id, loop }: FlowSource['agents'][number]): Omit<FlowLoop, 'body'>[] {
  if (loop === undefined) return [];
  return [
    {
      id: ownLoopId(id),
      source: id,
      target: id,
      hasExitCondition: isWritten(loop.exitCondition),
      maxRounds: roundsOf(loop),
    },
  ];
}

const isWritten = (text: string | undefined): boolean => !isBlank(text);

/** At least one round, even if a snapshot contains a lower number. */
const roundsOf = ({ maxIterations }: { readonly maxIterations?: number | undefined }): number =>
  Math.max(1, maxRoundsOf(maxIterations === undefined ? {} : { maxIterations }));

function grouped(
  agentIds: readonly AgentId[],
  connections: readonly FlowConnection[],
  end: 'source' | 'target',
): Map<AgentId, FlowConnection[]> {
  const groups = new Map<AgentId, FlowConnection[]>(agentIds.map((id) => [id, []]));
  for (const connection of connections) groups.get(connection[end])?.push(connection);
  return groups;
}

/** The loops that a connection leaves. It is decided once all of them have ended. */
export function loopsLeftBy(
  graph: FlowGraph,
  { source, target }: Pick<FlowConnection, 'source' | 'target'>,
): readonly FlowLoop[] {
  return graph.loops.filter(({ body }) => body.has(source) && !body.has(target));
}

/** The loops within another loop, which restart in each of its rounds. */
export function loopsWithin(graph: FlowGraph, outer: FlowLoop): readonly FlowLoop[] {
  return graph.loops.filter(
    (loop) => loop !== outer && [...loop.body].every((id) => outer.body.has(id)),
  );
}
