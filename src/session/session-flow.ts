import type { AgentId } from '../workflow/ids.ts';
import type { Workflow } from '../workflow/schema.ts';
import { unclearVerdicts } from './enhance/round-failures.ts';
import { verifierOf } from './enhance/verdicts.ts';
import { type ApprovalStatus, approvalStatus } from './flow/approval.ts';
import type { Activation, ActivationOutcome, Block, FlowFacts } from './flow/facts.ts';
import { type FlowGraph, flowGraphOf } from './flow/flow-graph.ts';
import { newestGate } from './flow/flow-state.ts';
import { type FlowStatus, flowStatusOf, type Readiness, readinessOf } from './flow/flow-status.ts';
import { openQuestions, type Question } from './flow/questions.ts';
import { agentOf, latestAttempt } from './select.ts';
import type { AgentState, SessionState, SettlementCause } from './state.ts';

/** Which ways a session goes, as its state says. All of it is computed once for each state: a state never changes. */

const graphs = new WeakMap<Workflow, FlowGraph>();

export function flowGraphOfSession(state: SessionState): FlowGraph {
  const known = graphs.get(state.workflow);
  if (known !== undefined) return known;
  const graph = flowGraphOf(state.workflow);
  graphs.set(state.workflow, graph);
  return graph;
}

type SessionFlow = { readonly facts: FlowFacts; readonly status: FlowStatus };

const flows = new WeakMap<SessionState, SessionFlow>();

export function flowOfSession(state: SessionState): SessionFlow {
  const known = flows.get(state);
  if (known !== undefined) return known;
  const facts: FlowFacts = {
    graph: flowGraphOfSession(state),
    activations: new Map(state.agents.map((agent) => [agent.id, activationOf(state, agent)])),
    flow: state.flow,
    isCancelRequested: state.isCancelRequested,
  };
  const flow = { facts, status: flowStatusOf(facts) };
  flows.set(state, flow);
  return flow;
}

function activationOf(state: SessionState, agent: AgentState): Activation {
  const attempt = latestAttempt(agent);
  return {
    agentId: agent.id,
    round: agent.round,
    attempt: attempt?.round === agent.round ? attempt.number : null,
    outcome: outcomeOf(state, agent),
  };
}

function outcomeOf(state: SessionState, { phase }: AgentState): ActivationOutcome | null {
  if (phase.kind !== 'settled') return null;
  if (phase.outcome !== 'skipped') return { kind: phase.outcome };
  if (phase.cause?.code === 'not_taken') return { kind: 'not-taken' };
  return { kind: 'blocked', by: blockOf(state, phase.cause) };
}

function blockOf(state: SessionState, cause: SettlementCause | null): Block {
  // Whoever was skipped names its agent; a journal that does not was written by no version.
  const agentId = cause?.upstreamAgentId ?? ('' as AgentId);
  const { connectionId = null, note = null } = cause ?? {};
  if (cause?.code === 'gate_rejected') return { kind: 'rejected', agentId, connectionId, note };
  const phase = agentOf(state, agentId)?.phase;
  const isCancelled = phase?.kind === 'settled' && phase.outcome === 'cancelled';
  return { kind: isCancelled ? 'cancelled' : 'failed', agentId, connectionId, note };
}

/** Whether an agent that has not started in this round is due, and to what. */
export function readinessOfAgent(state: SessionState, id: AgentId): Readiness {
  const { facts, status } = flowOfSession(state);
  return readinessOf(facts, status, id);
}

/** What a person is asked now. */
export function questionsOf(state: SessionState): readonly Question[] {
  if (state.phase.kind === 'ended') return [];
  const { facts, status } = flowOfSession(state);
  const verdicts = unclearVerdicts(state).map((verdict): Question => {
    const { connectionId, round, attempt, reason, at } = verdict;
    const agentId = verifierOf(connectionId);
    return { kind: 'condition', connectionId, agentId, round, attempt, reason, at };
  });
  return [...openQuestions(facts, status), ...verdicts].filter(
    (question) => !isBeingCancelled(state, question),
  );
}

/** Whoever still waits for the answer is being cancelled: nothing would follow from it. */
function isBeingCancelled(state: SessionState, question: Question): boolean {
  const waiting = waitingAgents(state, question).flatMap((id) => {
    const agent = agentOf(state, id);
    return agent === undefined || agent.phase.kind === 'settled' ? [] : [agent];
  });
  return waiting.length > 0 && waiting.every(({ cancel }) => cancel !== null);
}

/** Also those behind the *else* branches beside a condition. */
function waitingAgents(state: SessionState, question: Question): readonly AgentId[] {
  const { connections } = flowGraphOfSession(state);
  const id = waitingAgent(state, question);
  const asked = question.kind === 'condition' ? question.connectionId : null;
  const condition = connections.find((one) => one.id === asked && one.kind === 'conditional');
  const beside = connections.filter(
    ({ kind, source }) => kind === 'else' && source === condition?.source,
  );
  return [...(id === null ? [] : [id]), ...beside.map(({ target }) => target)];
}

/** Who waits for an answer. Null for a verdict and for the exit condition of a loop, which no single agent waits for. */
export function waitingAgent(state: SessionState, question: Question): AgentId | null {
  if (question.kind === 'plan' || question.kind === 'edits') return question.gate.agentId;
  const { connectionId } = question.kind === 'gate' ? question.gate : question;
  const { connections } = flowGraphOfSession(state);
  return connections.find(({ id }) => id === connectionId)?.target ?? null;
}

/** Where an agent that plans first is with its plan. `to-carry-out`: approved, and the agent was not told yet. */
export type PlanStatus = ApprovalStatus | 'none' | 'to-carry-out';

export function planStatusOf(state: SessionState, agent: AgentState): PlanStatus {
  const isPlanning = state.workflow.agents.find(({ id }) => id === agent.id)?.planFirst === true;
  const attempt = latestAttempt(agent);
  if (!isPlanning || attempt === undefined) return 'none';
  const gate = newestGate(state.flow, { connectionId: null, agentId: agent.id });
  const status = approvalStatus(gate, attempt.number);
  return status === 'approved' && gate?.isSentBack === false ? 'to-carry-out' : status;
}
