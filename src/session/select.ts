import { graphOf, upstreamOf, type WorkflowGraph } from '../workflow/graph.ts';
import type { AgentId } from '../workflow/ids.ts';
import { PLANNER_ID } from '../workflow/planner.ts';
import type { Agent, Workflow } from '../workflow/schema.ts';
import { plannerDocument } from './enhance/planner.ts';
import type { AgentState, Attempt, SessionState, Turn } from './state.ts';

export function agentOf(state: SessionState, id: AgentId): AgentState | undefined {
  return state.agents.find((agent) => agent.id === id);
}

/** An agent as its session's workflow has it, the planner and those that were taken out included. */
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

/** The attempt is at work, or may be: it counts against every limit. */
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

/** Ended by our own conclusion (silence, or a runtime that does not know it), which a later fact may correct. */
export function isGivenUp(turn: Turn | undefined): boolean {
  return turn?.ended?.outcome === 'silent' || turn?.ended?.outcome === 'gone';
}

/** The same of an attempt: its newest turn is the one that counts. */
export function isFlagged(attempt: Attempt): boolean {
  return isGivenUp(latestTurn(attempt));
}

/** What the work of a turn is for: one that takes up an interrupted turn continues with what that was for. */
export function purposeOf({ turns }: Attempt, turn: Turn): Exclude<Turn['purpose'], 'resume'> {
  const upTo = turns.slice(0, turns.findIndex(({ id }) => id === turn.id) + 1);
  for (const { purpose } of upTo.toReversed()) if (purpose !== 'resume') return purpose;
  return 'initial';
}

/** The newest turn that did the work: not one that only asked for something that was missing. */
export function workOf(attempt: Attempt): Turn | undefined {
  return attempt.turns.findLast(
    (turn) => turn.ended?.outcome === 'finished' && !isAddendum(attempt, turn),
  );
}

function isAddendum(attempt: Attempt, turn: Turn): boolean {
  const purpose = purposeOf(attempt, turn);
  return purpose === 'handoff-repair' || purpose === 'decision';
}

/** The record says something else about the end of the newest run than the stream, which the agent was settled on. */
export function isContradicted(agent: AgentState): boolean {
  return latestTurn(latestAttempt(agent))?.ended?.check === 'contradicted';
}

/**
 * The newest attempt has done its work, and what it hands on is stored. What a person asks for afterward takes nothing
 * away from that, however its turn ends.
 */
export function hasDelivered(agent: AgentState): boolean {
  return latestAttempt(agent)?.isDelivered === true;
}

/** Cancelling was asked for, and Cursor is still being asked to confirm it. */
export function isCancelPending(agent: AgentState): boolean {
  return agent.cancel !== null && agent.cancel.unconfirmed === null;
}

const graphs = new WeakMap<Workflow, WorkflowGraph>();

/** The graph of the session's snapshot, computed once: a snapshot never changes. */
export function graphOfSession(state: SessionState): WorkflowGraph {
  const known = graphs.get(state.workflow);
  if (known !== undefined) return known;
  const graph = graphOf(state.workflow);
  graphs.set(state.workflow, graph);
  return graph;
}

/** Every agent that the given one waits for, directly or through others, nearest first. */
export function ancestors(state: SessionState, id: AgentId): readonly AgentState[] {
  const found = new Set<AgentState>();
  const open = [...upstreamAgents(state, id)];
  for (const agent of open) {
    if (found.has(agent)) continue;
    found.add(agent);
    open.push(...upstreamAgents(state, agent.id));
  }
  return [...found];
}

export function upstreamAgents(state: SessionState, id: AgentId): readonly AgentState[] {
  return upstreamOf(graphOfSession(state), id).flatMap(
    (upstream) => agentOf(state, upstream) ?? [],
  );
}
