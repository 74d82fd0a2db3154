import { graphOf, upstreamOf, type WorkflowGraph } from '../workflow/graph.ts';
import type { AgentId } from '../workflow/ids.ts';
import { PLANNER_ID } from '../workflow/planner.ts';
import type { Agent, Workflow } from '../workflow/schema.ts';
import { plannerDocument } from './enhance/planner.ts';
import type { AgentState, Attempt, SessionState, Turn } from './state.ts';

export function agentOf(state: SessionState, id: AgentId): AgentState | undefined {
  return state.agents.find((agent) => agent.id === id);
}

/** The definition of an agent, including the planner and agents that were removed from the workflow. */
export function documentOf(
  state: Pick<SessionState, 'workflow' | 'enhance'>,
  id: AgentId,
): Agent | undefined {
  const present = state.workflow.agents.find((agent) => agent.id === id);
  if (present !== undefined || state.enhance === null) return present;
  if (id === PLANNER_ID) return plannerDocument(state);
  return state.enhance.formerAgents.find((agent) => agent.id === id);
}

export function agentName(state: Pick<SessionState, 'workflow' | 'enhance'>, id: AgentId): string {
  return documentOf(state, id)?.name ?? id;
}

export function latestAttempt(agent: AgentState): Attempt | undefined {
  return agent.attempts.at(-1);
}

/** The newest attempt in the round that the agent is in; it has none while it waits in that round or if it is skipped. */
export function attemptInRound(agent: AgentState): Attempt | undefined {
  const attempt = latestAttempt(agent);
  return attempt?.round === agent.round ? attempt : undefined;
}

export function attemptOf(agent: AgentState, number: number): Attempt | undefined {
  return agent.attempts.find((attempt) => attempt.number === number);
}

export function latestTurn(attempt: Attempt | undefined): Turn | undefined {
  return attempt?.turns.at(-1);
}

export function isSettled(agent: AgentState): boolean {
  return agent.phase.kind === 'settled';
}

export function isEnded(state: SessionState): boolean {
  return state.phase.kind === 'ended';
}

/** The agent is or may be at work, so it counts towards all limits. */
export function isLive(agent: AgentState): boolean {
  switch (agent.phase.kind) {
    case 'launching':
      return agent.phase.rejected === null;
    case 'running':
      return latestTurn(latestAttempt(agent))?.ended === null;
    case 'following-up':
      return agent.phase.rejected === null;
    case 'waiting':
    case 'settled':
      return false;
    default:
      return agent.phase satisfies never;
  }
}

/** Ended by our own conclusion (silence, or unknown to its runtime), which a later fact may correct. */
export function isGivenUp(turn: Turn | undefined): boolean {
  return turn?.ended?.outcome === 'silent' || turn?.ended?.outcome === 'gone';
}

/** The newest turn of the attempt was given up. */
export function isFlagged(attempt: Attempt): boolean {
  return isGivenUp(latestTurn(attempt));
}

/** The purpose of a turn. A turn that resumes an interrupted one has its purpose. */
export function purposeOf({ turns }: Attempt, turn: Turn): Exclude<Turn['purpose'], 'resume'> {
  const upTo = turns.slice(0, turns.findIndex(({ id }) => id === turn.id) + 1);
  for (const { purpose } of upTo.toReversed()) if (purpose !== 'resume') return purpose;
  return 'initial';
}

/** The newest turn that did the work, as opposed to a request for a missing part of the answer. */
export function workOf(attempt: Attempt): Turn | undefined {
  return attempt.turns.findLast(
    (turn) => turn.ended?.outcome === 'finished' && !isAddendum(attempt, turn),
  );
}

/** The turn only completed the answer of the work: a repaired hand-off, or a missing decision. */
function isAddendum(attempt: Attempt, turn: Turn): boolean {
  const purpose = purposeOf(attempt, turn);
  return purpose === 'handoff-repair' || purpose === 'decision';
}

/** The record contradicts the end of the newest turn, which only the stream had reported. */
export function isContradicted(agent: AgentState): boolean {
  return latestTurn(latestAttempt(agent))?.ended?.check === 'contradicted';
}

/**
 * The newest attempt has done its work, and its hand-offs are stored. Later messages do not change that, however their
 * turns end.
 */
export function hasDelivered(agent: AgentState): boolean {
  return latestAttempt(agent)?.isDelivered === true;
}

/** Whether the turn processes a message, or changes, that the user sent after the agent had delivered its work. */
export function followsDelivery(agent: AgentState, attempt: Attempt, turn: Turn): boolean {
  const purpose = purposeOf(attempt, turn);
  return hasDelivered(agent) && (purpose === 'message' || purpose === 'changes');
}

/** A cancellation was requested and is not confirmed yet. */
export function isCancelPending(agent: AgentState): boolean {
  return agent.cancel !== null && agent.cancel.unconfirmed === null;
}

const graphs = new WeakMap<Workflow, WorkflowGraph>();

/** The graph of the session's workflow. Cached, because a workflow object never changes. */
export function graphOfSession(state: SessionState): WorkflowGraph {
  const cached = graphs.get(state.workflow);
  if (cached !== undefined) return cached;
  const graph = graphOf(state.workflow);
  graphs.set(state.workflow, graph);
  return graph;
}

/** All upstream agents, direct and indirect, nearest first. */
export function ancestors(state: SessionState, id: AgentId): readonly AgentState[] {
  const found = new Set(upstreamAgents(state, id));
  for (const agent of found)
    for (const upstream of upstreamAgents(state, agent.id)) found.add(upstream);
  return [...found];
}

export function upstreamAgents(state: SessionState, id: AgentId): readonly AgentState[] {
  return upstreamOf(graphOfSession(state), id).flatMap(
    (upstream) => agentOf(state, upstream) ?? [],
  );
}
