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

/** The control flow of a session, derived from its state. Results are cached by state, because a state never changes. */

const graphs = new WeakMap<Workflow, FlowGraph>();

export function flowGraphOfSession(state: SessionState): FlowGraph {
  const cached = graphs.get(state.workflow);
  if (cached !== undefined) return cached;
  const graph = flowGraphOf(state.workflow);
  graphs.set(state.workflow, graph);
  return graph;
}

type SessionFlow = { readonly facts: FlowFacts; readonly status: FlowStatus };

const flows = new WeakMap<SessionState, SessionFlow>();

export function flowOfSession(state: SessionState): SessionFlow {
  const cached = flows.get(state);
  if (cached !== undefined) return cached;
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
  // Every version stores the upstream agent of a skipped agent, so the empty id only satisfies the type.
  const agentId = cause?.upstreamAgentId ?? ('' as AgentId);
  const { connectionId = null, note = null } = cause ?? {};
  if (cause?.code === 'gate_rejected') return { kind: 'rejected', agentId, connectionId, note };
  const phase = agentOf(state, agentId)?.phase;
  const isCancelled = phase?.kind === 'settled' && phase.outcome === 'cancelled';
  return { kind: isCancelled ? 'cancelled' : 'failed', agentId, connectionId, note };
}

/** Whether an agent that has not started in this round starts, is skipped, or has to wait. */
export function readinessOfAgent(state: SessionState, id: AgentId): Readiness {
  const { facts, status } = flowOfSession(state);
  return readinessOf(facts, status, id);
}

/** The questions that the user has to answer now. */
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

/** All agents that wait for the answer are being cancelled, so it would have no effect. */
function isBeingCancelled(state: SessionState, question: Question): boolean {
  const waiting = waitingAgents(state, question).flatMap((id) => {
    const agent = agentOf(state, id);
    return agent === undefined || agent.phase.kind === 'settled' ? [] : [agent];
  });
  return waiting.length > 0 && waiting.every(({ cancel }) => cancel !== null);
}

/** The agents that wait for an answer, including those behind the *else* branch of a condition. */
function waitingAgents(state: SessionState, question: Question): readonly AgentId[] {
  const { connections } = flowGraphOfSession(state);
  const id = waitingAgent(state, question);
  const conditionId = question.kind === 'condition' ? question.connectionId : null;
  const condition = connections.find((one) => one.id === conditionId && one.kind === 'conditional');
  const elseBranches = connections.filter(
    ({ kind, source }) => kind === 'else' && source === condition?.source,
  );
  return [...(id === null ? [] : [id]), ...elseBranches.map(({ target }) => target)];
}

/** The agent that waits for an answer; null for a verdict and for the exit condition of a loop. */
export function waitingAgent(state: SessionState, question: Question): AgentId | null {
  if (question.kind === 'plan' || question.kind === 'edits') return question.gate.agentId;
  const { connectionId } = question.kind === 'gate' ? question.gate : question;
  const { connections } = flowGraphOfSession(state);
  return connections.find(({ id }) => id === connectionId)?.target ?? null;
}

/** The approval of a plan. `to-carry-out`: approved, and the agent has not been told yet. `none`: it does not plan first. */
export type PlanStatus = ApprovalStatus | 'none' | 'to-carry-out';

export function planStatusOf(state: SessionState, agent: AgentState): PlanStatus {
  const isPlanning = state.workflow.agents.find(({ id }) => id === agent.id)?.planFirst === true;
  const attempt = latestAttempt(agent);
  if (!isPlanning || attempt === undefined) return 'none';
  const gate = newestGate(state.flow, { connectionId: null, agentId: agent.id });
  const status = approvalStatus(gate, attempt.number);
  return status === 'approved' && gate?.isSentBack === false ? 'to-carry-out' : status;
}
