import { type FlowFacts, isTargetUnstarted } from './facts.ts';
import type { FlowEvent, FlowEventOf } from './flow-events.ts';
import { type FlowGraph, loopsWithin } from './flow-graph.ts';
import {
  type Decision,
  type FlowState,
  type Gate,
  type LoopProgress,
  loopRound,
  newestGate,
} from './flow-state.ts';

/** Folds an event of the control flow. Returns the same object if nothing changes: the event is repeated or too late. */
export function evolveFlow(
  flow: FlowState,
  event: FlowEvent,
  { graph, at }: { readonly graph: FlowGraph; readonly at: number },
): FlowState {
  switch (event.type) {
    case 'ConnectionDecided':
      return decided(flow, {
        ...subjectOf(event, at),
        holds: event.holds,
        reason: event.reason ?? null,
        by: event.by,
      });
    case 'DecisionUnclear':
      return decided(flow, {
        ...subjectOf(event, at),
        holds: null,
        reason: event.reason,
        by: null,
      });
    case 'GateOpened':
      return gateOpened(flow, event, at);
    case 'GateAnswered':
      return gateAnswered(flow, event, at);
    case 'RoundOpened':
      return roundOpened(flow, event, graph);
    case 'LoopEnded':
      return loopEnded(flow, event, at);
    default:
      return event satisfies never;
  }
}

function subjectOf(
  { connectionId, round, attempt }: FlowEventOf<'ConnectionDecided' | 'DecisionUnclear'>,
  at: number,
): Pick<Decision, 'connectionId' | 'round' | 'attempt' | 'at'> {
  return { connectionId, round, attempt, at };
}

/** The first decision about an attempt counts; only an unclear one is replaced. */
function decided(flow: FlowState, decision: Decision): FlowState {
  const known = flow.decisions.find(({ connectionId }) => connectionId === decision.connectionId);
  const isNew =
    known === undefined ||
    known.attempt < decision.attempt ||
    (known.attempt === decision.attempt && known.holds === null && decision.holds !== null);
  if (!isNew) return flow;
  const decisions = [...flow.decisions.filter((one) => one !== known), decision];
  return { ...flow, decisions: decisions.toSorted(byConnection) };
}

function gateOpened(flow: FlowState, event: FlowEventOf<'GateOpened'>, at: number): FlowState {
  const { gateId: id, number, agentId, round, attempt } = event;
  const connectionId = event.connectionId ?? null;
  const known = newestGate(flow, { connectionId, agentId });
  const isDue = known === undefined || known.isSentBack || known.attempt < attempt;
  if (!isDue || number !== (known?.number ?? 0) + 1) return flow;
  const subject = { id, number, connectionId, agentId, round, attempt };
  const gate: Gate = {
    ...subject,
    openedAt: at,
    answer: null,
    isSentBack: false,
  };
  const gates = [...flow.gates.filter((one) => one !== known), gate];
  return { ...flow, gates: gates.toSorted((one, other) => inOrder(one.id, other.id)) };
}

/**
 * The first answer counts. In older journals, an answer may have been given after a message was sent to the agent; it
 * counted then too.
 */
function gateAnswered(flow: FlowState, event: FlowEventOf<'GateAnswered'>, at: number): FlowState {
  const answer = { kind: event.answer, note: event.note ?? null, by: event.by, at };
  return withGate(
    flow,
    ({ id, answer: earlier }) => id === event.gateId && earlier === null,
    (gate) => ({ ...gate, answer, isSentBack: false }),
  );
}

/** Marks requested changes, or the approval of a plan, as sent to the agent. */
export function markAnswersSent(
  flow: FlowState,
  agentId: Gate['agentId'],
  attempt: number,
): FlowState {
  return withGate(
    flow,
    (gate) =>
      gate.agentId === agentId &&
      gate.attempt === attempt &&
      (gate.answer?.kind === 'changes' ||
        (gate.answer?.kind === 'approve' && gate.connectionId === null)) &&
      !gate.isSentBack,
    (gate) => ({ ...gate, isSentBack: true }),
  );
}

/**
 * Reopens the gates of work that the agent changes again, because the user has not seen the new version. An approval stays
 * valid once the agent behind the gate has started.
 */
export function reopenGates(
  { flow, graph, activations }: Pick<FlowFacts, 'flow' | 'graph' | 'activations'>,
  { agentId, attempt }: Pick<Gate, 'agentId' | 'attempt'>,
): FlowState {
  const unstarted = graph.connections.filter((connection) =>
    isTargetUnstarted({ activations }, connection),
  );
  return withGate(
    flow,
    ({ connectionId, answer, isSentBack, ...gate }) =>
      gate.agentId === agentId &&
      gate.attempt === attempt &&
      connectionId !== null &&
      !isSentBack &&
      (answer === null ||
        (answer.kind === 'approve' && unstarted.some(({ id }) => id === connectionId))),
    (gate) => ({ ...gate, isSentBack: true }),
  );
}

function withGate(
  flow: FlowState,
  matches: (gate: Gate) => boolean,
  change: (gate: Gate) => Gate,
): FlowState {
  return flow.gates.some(matches)
    ? { ...flow, gates: flow.gates.map((gate) => (matches(gate) ? change(gate) : gate)) }
    : flow;
}

/** Starts the next round of a loop and resets the loops within it. The caller has checked that it is the next round. */
function roundOpened(
  flow: FlowState,
  { connectionId }: FlowEventOf<'RoundOpened'>,
  graph: FlowGraph,
): FlowState {
  const loop = graph.loops.find(({ id }) => id === connectionId);
  if (loop === undefined) return flow;
  const within = new Set(loopsWithin(graph, loop).map(({ id }) => id));
  const others = flow.loops.filter(
    (one) => one.connectionId !== connectionId && !within.has(one.connectionId),
  );
  const next = { connectionId, round: loopRound(flow, connectionId) + 1, ended: null };
  return { ...flow, loops: [...others, next].toSorted(byConnection) };
}

function loopEnded(flow: FlowState, event: FlowEventOf<'LoopEnded'>, at: number): FlowState {
  const { connectionId, cause, round } = event;
  const known = flow.loops.find((one) => one.connectionId === connectionId);
  if (known?.ended?.round === round && known.ended.cause === cause) return flow;
  const ended: LoopProgress = {
    connectionId,
    round: known?.round ?? 1,
    ended: { cause, round, reason: event.reason ?? null, at },
  };
  const loops = [...flow.loops.filter((one) => one !== known), ended];
  return { ...flow, loops: loops.toSorted(byConnection) };
}

/** A fixed order, so that independent events give the same state in any order. */
const byConnection = (one: WithConnection, other: WithConnection): number =>
  inOrder(one.connectionId, other.connectionId);

type WithConnection = { readonly connectionId: string };

const inOrder = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
