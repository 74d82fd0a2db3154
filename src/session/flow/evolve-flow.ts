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

/** Folds what was decided. The same state comes back when nothing changes: a fact that came before, or comes too late. */
export function evolveFlow(
  flow: FlowState,
  event: FlowEvent,
  { graph, at }: { readonly graph: FlowGraph; readonly at: number },
): FlowState {
  switch (event.type) {
    case 'ConnectionDecided':
      return decided(flow, {
        ...placeOf(event, at),
        holds: event.holds,
        reason: event.reason ?? null,
        by: event.by,
      });
    case 'DecisionUnclear':
      return decided(flow, { ...placeOf(event, at), holds: null, reason: event.reason, by: null });
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

function placeOf(
  { connectionId, round, attempt }: FlowEventOf<'ConnectionDecided' | 'DecisionUnclear'>,
  at: number,
): Pick<Decision, 'connectionId' | 'round' | 'attempt' | 'at'> {
  return { connectionId, round, attempt, at };
}

/** The first word about an attempt stands; only one that could not be read is replaced. */
function decided(flow: FlowState, decision: Decision): FlowState {
  const known = flow.decisions.find(({ connectionId }) => connectionId === decision.connectionId);
  const isNews =
    known === undefined ||
    known.attempt < decision.attempt ||
    (known.attempt === decision.attempt && known.holds === null && decision.holds !== null);
  if (!isNews) return flow;
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
 * The first answer stands, whoever gave it. An older journal may hold one that was given after the agent had been sent a
 * message: it counted then.
 */
function gateAnswered(flow: FlowState, event: FlowEventOf<'GateAnswered'>, at: number): FlowState {
  const answer = { kind: event.answer, note: event.note ?? null, by: event.by, at };
  return withGate(
    flow,
    ({ id, answer: given }) => id === event.gateId && given === null,
    (gate) => ({ ...gate, answer, isSentBack: false }),
  );
}

/** The changes that were asked for at a gate, or the approval of a plan, are on their way to the agent. */
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
 * The agent continues working on what is to be approved: whoever has seen it as it was has not seen what is handed on. An
 * approval counts once the agent behind the gate has begun with it.
 */
export function reopenGates(
  { flow, graph, activations }: Pick<FlowFacts, 'flow' | 'graph' | 'activations'>,
  { agentId, attempt }: Pick<Gate, 'agentId' | 'attempt'>,
): FlowState {
  const awaited = graph.connections.filter((connection) =>
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
        (answer.kind === 'approve' && awaited.some(({ id }) => id === connectionId))),
    (gate) => ({ ...gate, isSentBack: true }),
  );
}

function withGate(
  flow: FlowState,
  isMeant: (gate: Gate) => boolean,
  change: (gate: Gate) => Gate,
): FlowState {
  return flow.gates.some(isMeant)
    ? { ...flow, gates: flow.gates.map((gate) => (isMeant(gate) ? change(gate) : gate)) }
    : flow;
}

/** Whoever folds this has found that it is the next round. Loops within this one begin again. */
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

/** One order, whatever happened first: what is independent of each other gives the same state. */
const byConnection = (one: AboutConnection, other: AboutConnection): number =>
  inOrder(one.connectionId, other.connectionId);

type AboutConnection = { readonly connectionId: string };

const inOrder = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
