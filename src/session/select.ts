import { graphOf, upstreamOf, type WorkflowGraph } from '../workflow/graph.ts';
import type { AgentId } from '../workflow/ids.ts';
import type { Workflow } from '../workflow/schema.ts';
import type { AgentState, Attempt, Run, SessionState } from './state.ts';

export function agentOf(state: SessionState, id: AgentId): AgentState | undefined {
  return state.agents.find((agent) => agent.id === id);
}

export function latestAttempt(agent: AgentState): Attempt | undefined {
  return agent.attempts.at(-1);
}

export function attemptOf(agent: AgentState, number: number): Attempt | undefined {
  return agent.attempts.find((attempt) => attempt.number === number);
}

export function latestRun(attempt: Attempt | undefined): Run | undefined {
  return attempt?.runs.at(-1);
}

export function isSettled(agent: AgentState): boolean {
  return agent.phase.kind === 'settled';
}

export function isEnded(state: SessionState): boolean {
  return state.phase.kind === 'ended';
}

/** The attempt occupies a cloud VM, or may do so: it counts against every limit. */
export function isLive(agent: AgentState): boolean {
  switch (agent.phase.kind) {
    case 'launching':
      return agent.phase.rejected === null;
    case 'running':
      return latestRun(latestAttempt(agent))?.ended === null;
    case 'following-up':
      return agent.phase.rejected === null;
    case 'waiting':
    case 'settled':
      return false;
    default:
      return agent.phase satisfies never;
  }
}

export function liveCount(state: SessionState): number {
  return state.agents.filter(isLive).length;
}

/** Ended by our own conclusion (silence, or Cursor not knowing it), which a later fact may correct. */
export function isGivenUp(run: Run | undefined): boolean {
  return run?.ended?.outcome === 'silent' || run?.ended?.outcome === 'gone';
}

/** The record says something else about the end of the newest run than the stream, which the agent was settled on. */
export function isContradicted(agent: AgentState): boolean {
  return latestRun(latestAttempt(agent))?.ended?.check === 'contradicted';
}

/**
 * The newest attempt has done its work: a run finished, and every hand-off is stored. A message that a person sends
 * afterwards takes nothing away from that, however its run ends.
 */
export function hasDelivered(state: SessionState, agent: AgentState): boolean {
  const attempt = latestAttempt(agent);
  if (!attempt?.runs.some(({ ended }) => ended?.outcome === 'finished')) return false;
  return state.workflow.connections
    .filter(({ source }) => source === agent.id)
    .every(({ id }) =>
      state.handoffs.some(
        (handoff) => handoff.connectionId === id && handoff.attempt === attempt.number,
      ),
    );
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
