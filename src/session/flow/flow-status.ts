import type { AgentId, ConnectionId } from '../../workflow/ids.ts';
import {
  type Activation,
  type Block,
  blockBy,
  decisionOf,
  type FlowFacts,
  gateOf,
} from './facts.ts';
import { type FlowConnection, loopsLeftBy } from './flow-graph.ts';
import type { Gate } from './flow-state.ts';
import { type LoopStatus, loopStatuses } from './loop-status.ts';

export type ConnectionStatus =
  | {
      readonly state: 'pending';
      /** `changes`: requested at the gate, and not sent yet. `unclear`: the user has to decide. */
      readonly waitsFor: 'upstream' | 'loop' | 'decision' | 'unclear' | 'changes';
    }
  | { readonly state: 'awaiting-approval' | 'taken' | 'not-taken' }
  | { readonly state: 'blocked'; readonly by: Block };

export type FlowStatus = {
  /** Every connection in the current round of its source. A loop is taken if another round is to be opened. */
  readonly connections: ReadonlyMap<ConnectionId, ConnectionStatus>;
  readonly loops: readonly LoopStatus[];
};

/** The current status of every connection, derived from the graph, the decisions, and the settled agents. */
export function flowStatusOf(facts: FlowFacts): FlowStatus {
  const loops = loopStatuses(facts);
  const unended = new Set(
    loops.filter(({ state }) => state !== 'ended').map(({ loop }) => loop.id),
  );
  const connections = new Map<ConnectionId, ConnectionStatus>();
  for (const connection of facts.graph.connections) {
    const isInLoop = loopsLeftBy(facts.graph, connection).some(({ id }) => unended.has(id));
    connections.set(connection.id, isInLoop ? waitsFor('loop') : forward(facts, connection));
  }
  for (const loop of loops) connections.set(loop.loop.id, backward(loop));
  return { connections, loops };
}

const waitsFor = (
  what: Extract<ConnectionStatus, { state: 'pending' }>['waitsFor'],
): ConnectionStatus => ({ state: 'pending', waitsFor: what });

function forward(facts: FlowFacts, connection: FlowConnection): ConnectionStatus {
  const source = facts.activations.get(connection.source);
  const outcome = source?.outcome ?? null;
  if (source === undefined || outcome === null) return waitsFor('upstream');
  switch (outcome.kind) {
    case 'failed':
    case 'cancelled':
      return { state: 'blocked', by: blockBy(source.agentId, outcome.kind) };
    case 'blocked':
      return { state: 'blocked', by: outcome.by };
    case 'not-taken':
      return { state: 'not-taken' };
    case 'completed':
      return afterCompletion(facts, connection, source);
    default:
      return outcome satisfies never;
  }
}

function afterCompletion(
  facts: FlowFacts,
  connection: FlowConnection,
  source: Activation,
): ConnectionStatus {
  switch (connection.kind) {
    case 'always':
      return { state: 'taken' };
    case 'conditional':
    case 'else': {
      const decision = decisionOf(facts.flow, connection.id, source);
      if (decision === undefined) return waitsFor('decision');
      if (decision.holds === null) return waitsFor('unclear');
      return { state: decision.holds ? 'taken' : 'not-taken' };
    }
    case 'approval-gate':
      return afterGate(connection, gateOf(facts.flow, connection.id, source));
    default:
      return connection.kind satisfies never;
  }
}

function afterGate(connection: FlowConnection, gate: Gate | undefined): ConnectionStatus {
  const answer = gate?.answer ?? null;
  if (answer === null) return { state: 'awaiting-approval' };
  switch (answer.kind) {
    case 'approve':
      return { state: 'taken' };
    case 'reject': {
      const { id: connectionId, source: agentId } = connection;
      const by: Block = { kind: 'rejected', agentId, connectionId, note: answer.note };
      return { state: 'blocked', by };
    }
    case 'changes':
      return waitsFor('changes');
    default:
      return answer.kind satisfies never;
  }
}

function backward({ state, cause, by }: LoopStatus): ConnectionStatus {
  switch (state) {
    case 'running':
      return waitsFor('upstream');
    case 'undecided':
      return waitsFor('decision');
    case 'unclear':
      return waitsFor('unclear');
    case 'continues':
      return { state: 'taken' };
    case 'ended':
      return by !== null && cause !== 'most-rounds'
        ? { state: 'blocked', by }
        : { state: 'not-taken' };
    default:
      return state satisfies never;
  }
}

/** Whether an agent that has not started in this round has to wait, starts, or is skipped. */
export type Readiness =
  | { readonly kind: 'not-yet' }
  | { readonly kind: 'start' }
  | { readonly kind: 'skip'; readonly by: Block | null };

/**
 * An agent waits while a connection to it is pending or awaits approval. After that, it is skipped if one is blocked, starts
 * if one is taken, and is otherwise skipped because none was taken (`by` is null).
 */
export function readinessOf(
  { graph }: Pick<FlowFacts, 'graph'>,
  status: FlowStatus,
  id: AgentId,
): Readiness {
  const incoming = (graph.incoming.get(id) ?? []).flatMap(
    (connection) => status.connections.get(connection.id) ?? [],
  );
  const isUndecided = ({ state }: ConnectionStatus) =>
    state === 'pending' || state === 'awaiting-approval';
  if (incoming.some(isUndecided)) return { kind: 'not-yet' };
  const blocked = incoming.find((one) => one.state === 'blocked');
  if (blocked !== undefined) return { kind: 'skip', by: blocked.by };
  const isStart = incoming.length === 0 || incoming.some(({ state }) => state === 'taken');
  return isStart ? { kind: 'start' } : { kind: 'skip', by: null };
}
