import { PLANNER_ID } from '../../workflow/planner.ts';
import { newAgent, withNextRound } from '../evolve/agent-round.ts';
import { emptyFlow, type FlowState } from '../flow/flow-state.ts';
import { agentOf, isSettled, latestAttempt, latestTurn } from '../select.ts';
import type { AgentState, SessionState } from '../state.ts';
import { repositoriesAfterEdit } from './edited-repositories.ts';
import type { EnhanceEvent, EnhanceEventOf } from './enhance-events.ts';
import {
  currentRound,
  type EnhanceState,
  newRound,
  summarizeFailures,
  type WorkflowRound,
} from './enhance-state.ts';
import { isBusy } from './planner.ts';
import { currentAgents } from './round-failures.ts';

/** Folds an event of Loop & Enhance. An event that does not fit changes nothing. */
export function evolveEnhance(state: SessionState, event: EnhanceEvent, at: number): SessionState {
  const { enhance } = state;
  if (enhance === null || state.phase.kind === 'ended') return state;
  switch (event.type) {
    case 'RoundReported':
      return report(state, enhance, event, at);
    case 'EditsProposed':
      return propose(state, enhance, event);
    case 'WorkflowRoundOpened':
      return openWorkflowRound(state, enhance, event, at);
    case 'EnhancementEnded': {
      if (event.round !== enhance.round) return state;
      const { cause, round, reason = null } = event;
      return { ...state, enhance: { ...enhance, ended: { cause, round, reason, at } } };
    }
    case 'FeedbackGiven':
      return event.round === enhance.round && event.number === enhance.feedback.length + 1
        ? { ...state, enhance: { ...enhance, feedback: [...enhance.feedback, event.text] } }
        : state;
    default:
      return event satisfies never;
  }
}

/** Each report activates the planner; the first one adds it to the session. */
function report(
  state: SessionState,
  enhance: EnhanceState,
  event: EnhanceEventOf<'RoundReported'>,
  at: number,
): SessionState {
  const current = currentRound(enhance);
  const planner = agentOf(state, PLANNER_ID);
  const isPlannerBusy = planner !== undefined && isBusy(planner);
  const number = (current?.report?.number ?? 0) + 1;
  if (current === undefined || event.round !== enhance.round || isPlannerBusy) return state;
  if (event.number !== number) return state;
  const failures = summarizeFailures(event.failures);
  const reported = {
    ...current,
    report: { number, failures, feedbackCount: event.feedback.length, at },
  };
  const next: SessionState = {
    ...state,
    enhance: { ...enhance, rounds: withLast(enhance.rounds, reported), proposal: null },
  };
  return event.round < state.workflow.settings.loopAndEnhance.maxRounds
    ? { ...next, agents: withPlanner(state.agents, event.round, at) }
    : next;
}

const withLast = (
  rounds: readonly WorkflowRound[],
  last: WorkflowRound,
): readonly WorkflowRound[] => [...rounds.slice(0, -1), last];

function withPlanner(agents: readonly AgentState[], round: number, at: number): AgentState[] {
  const known = agents.find(({ id }) => id === PLANNER_ID);
  const planner: AgentState = {
    ...(known ?? newAgent(PLANNER_ID, at)),
    round,
    phase: known?.phase.kind === 'waiting' ? known.phase : { kind: 'waiting', deferred: null },
    cancel: null,
    changedAt: at,
  };
  return [...agents.filter(({ id }) => id !== PLANNER_ID), planner];
}

function propose(
  state: SessionState,
  enhance: EnhanceState,
  event: EnhanceEventOf<'EditsProposed'>,
): SessionState {
  const planner = agentOf(state, PLANNER_ID);
  const attempt = planner === undefined ? undefined : latestAttempt(planner);
  const isCurrent = attempt?.number === event.attempt && latestTurn(attempt)?.id === event.turnId;
  if (planner?.phase.kind !== 'running' || !isCurrent || event.round !== enhance.round)
    return state;
  const {
    turnId,
    summary,
    edits,
    workflow = null,
    fault = null,
    approvalReasons,
    approvalParts,
  } = event;
  const proposal = {
    attempt: event.attempt,
    ...{ turnId, summary, workflow, fault, approvalReasons },
    ...(approvalParts === undefined ? {} : { approvalParts }),
    editCount: edits.length,
  };
  return { ...state, enhance: { ...enhance, proposal } };
}

/** The proposed workflow replaces the current one, and all of its agents start their next round. */
function openWorkflowRound(
  state: SessionState,
  enhance: EnhanceState,
  event: EnhanceEventOf<'WorkflowRoundOpened'>,
  at: number,
): SessionState {
  const { proposal } = enhance;
  const planner = agentOf(state, PLANNER_ID);
  const isPlanned = planner?.phase.kind === 'settled' && planner.phase.outcome === 'completed';
  if (event.round !== enhance.round + 1 || !isPlanned || proposal?.workflow == null) return state;
  if (!currentAgents(state).every(isSettled)) return state;
  const { workflow } = proposal;
  const started = workflow.agents.map(({ id }) => {
    const known = agentOf(state, id);
    return known === undefined ? newAgent(id, at) : withNextRound(known, at);
  });
  const remainingIds = new Set(started.map(({ id }) => id));
  const removed = state.agents.filter(({ id }) => !remainingIds.has(id) && id !== PLANNER_ID);
  const former = [...enhance.formerAgents, ...state.workflow.agents].filter(
    ({ id }, index, all) =>
      !remainingIds.has(id) && all.findLastIndex((other) => other.id === id) === index,
  );
  return {
    ...state,
    workflow,
    agents: [...started, ...removed.map((agent) => asRemoved(agent, event.round, at)), planner],
    handoffs: [],
    flow: resetFlow(state.flow),
    repositories: repositoriesAfterEdit(state, workflow),
    enhance: {
      ...enhance,
      round: event.round,
      rounds: [...enhance.rounds, newRound(event.round, started, proposal.summary, at)],
      feedback: [],
      proposal: null,
      ended: null,
      formerAgents: former,
    },
  };
}

/** In a new round, so that late facts about its work cannot reopen it. */
function asRemoved(agent: AgentState, round: number, at: number): AgentState {
  const wasRemoved = agent.phase.kind === 'settled' && agent.phase.cause?.code === 'removed';
  if (wasRemoved) return agent;
  const cause = {
    code: 'removed',
    message: `Removed from the workflow by the planner before round ${round}.`,
  };
  const phase = { kind: 'settled', outcome: 'skipped', cause, at } as const;
  return { ...agent, round: agent.round + 1, phase, changedAt: at };
}

/**
 * Decisions of earlier rounds no longer count. Gates keep their numbers, so that an answer to an earlier question cannot
 * apply to this round.
 */
function resetFlow({ gates }: FlowState): FlowState {
  return {
    ...emptyFlow,
    gates: gates.map((gate) => ({ ...gate, attempt: 0, isSentBack: true })),
  };
}
