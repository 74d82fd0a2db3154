import type { AgentId } from '../workflow/ids.ts';
import { canCancel, canCancelSession } from './allowed-actions.ts';
import { firstEnhanceState } from './enhance/enhance-state.ts';
import { evolveEnhance } from './enhance/evolve-enhance.ts';
import type { LifecycleEvent, SessionEventOf } from './events.ts';
import { newAgent } from './evolve/agent-round.ts';
import { type AgentEvent, evolveAgent } from './evolve/evolve-agent.ts';
import { afterFollowUpIntended, applyFlowEvent, openRound } from './evolve/evolve-session-flow.ts';
import { emptyFlow } from './flow/flow-state.ts';
import type { SessionId } from './ids.ts';
import { rulesAfter } from './requests/tool-requests.ts';
import { graphOfSession, isSettled } from './select.ts';
import type { AgentState, SessionOutcome, SessionPhase, SessionState } from './state.ts';

export type When = { readonly at: number; readonly sessionId: SessionId };

/**
 * Folds one event into the state. Total: an event that does not fit (an unknown agent, an older attempt, a repeated
 * fact) changes nothing, because reading the journal must never fail.
 */
export function evolve(
  state: SessionState | undefined,
  event: LifecycleEvent,
  when: When,
): SessionState | undefined {
  if (event.type === 'SessionStarted') return state ?? startSession(event, when);
  if (state === undefined) return undefined;
  switch (event.type) {
    case 'SessionHeld':
      return state.phase.kind === 'active'
        ? { ...state, phase: { kind: 'held', reason: event.reason } }
        : state;
    case 'SessionResumed':
      return state.phase.kind === 'held' ? { ...state, phase: { kind: 'active' } } : state;
    case 'SessionEnded':
      return state.phase.kind === 'ended' || !state.agents.every(isSettled)
        ? state
        : { ...state, phase: endedPhase(state, event.outcome, when.at) };
    case 'BudgetChanged':
      return { ...state, budget: event.budget };
    case 'SessionDismissed':
      return { ...state, isDismissed: true };
    case 'SessionRestored':
      return { ...state, isDismissed: false };
    case 'HandoffStored':
      return storeHandoff(state, event);
    case 'RoundOpened':
      return openRound(state, event, when.at);
    case 'ConnectionDecided':
    case 'DecisionUnclear':
    case 'GateOpened':
    case 'GateAnswered':
    case 'LoopEnded':
      return applyFlowEvent(state, event, when.at);
    case 'RoundReported':
    case 'EditsProposed':
    case 'WorkflowRoundOpened':
    case 'EnhancementEnded':
    case 'FeedbackGiven':
      return evolveEnhance(state, event, when.at);
    case 'FollowUpIntended':
      return afterFollowUpIntended(withAgent(state, event.agentId, event, when.at), state, event);
    case 'ToolRequestAnswered':
      return withRules(withAgent(state, event.agentId, event, when.at), state, event);
    case 'CancelRequested':
      return event.agentId === undefined
        ? requestCancel(state, when.at)
        : withAgent(state, event.agentId, event, when.at);
    default:
      return withAgent(state, event.agentId, event, when.at);
  }
}

/** If the clock was set back, the end is not earlier than the start. */
function endedPhase(state: SessionState, outcome: SessionOutcome, at: number): SessionPhase {
  return { kind: 'ended', outcome, at: Math.max(at, state.startedAt) };
}

function startSession(event: SessionEventOf<'SessionStarted'>, when: When): SessionState {
  const agents = event.workflow.agents.map(({ id }) => newAgent(id, when.at));
  return {
    id: when.sessionId,
    workflow: event.workflow,
    workflowPath: event.workflowPath ?? null,
    mode: event.mode,
    backend: event.backend,
    accountId: event.accountId ?? null,
    repositories: event.repositories,
    autoCreatePr: event.autoCreatePr,
    maxConcurrentAgents: event.maxConcurrentAgents,
    maxAttempts: event.maxAttempts,
    local: event.local ?? null,
    providers: event.providers ?? null,
    startedAt: when.at,
    phase: { kind: 'active' },
    isCancelRequested: false,
    isDismissed: false,
    agents,
    handoffs: [],
    ...(event.budget === undefined ? {} : { budget: event.budget }),
    flow: emptyFlow,
    enhance: event.workflow.settings.loopAndEnhance.enabled
      ? firstEnhanceState(agents, when.at)
      : null,
  };
}

/** A held session becomes active, so that its agents can be cancelled. An ended session does not change. */
function requestCancel(state: SessionState, at: number): SessionState {
  if (!canCancelSession(state)) return state;
  return {
    ...state,
    phase: { kind: 'active' },
    isCancelRequested: true,
    agents: state.agents.map((agent) =>
      canCancel(agent) && agent.cancel?.unconfirmed !== null
        ? { ...agent, cancel: { at, unconfirmed: null }, changedAt: at }
        : agent,
    ),
  };
}

function withRules(
  answered: SessionState,
  state: SessionState,
  event: SessionEventOf<'ToolRequestAnswered'>,
): SessionState {
  if (answered === state) return state;
  const rules = rulesAfter(state, event);
  return rules.length === 0 ? answered : { ...answered, toolRules: rules };
}

/** One hand-off per connection, from the newest attempt, in the order of the document. */
function storeHandoff(state: SessionState, event: SessionEventOf<'HandoffStored'>): SessionState {
  const { connectionId, agentId: sourceAgentId, targetAgentId, attempt, branches } = event;
  const known = state.handoffs.find((handoff) => handoff.connectionId === connectionId);
  if (known !== undefined && known.attempt > attempt) return state;
  const handoff = { connectionId, sourceAgentId, targetAgentId, attempt, branches };
  const handoffs = state.workflow.connections.flatMap(({ id }) =>
    id === connectionId ? handoff : (state.handoffs.find((one) => one.connectionId === id) ?? []),
  );
  return { ...state, handoffs };
}

/** Changes one agent. If that reopens a settled agent, the session and the agents that were skipped because of it reopen too. */
function withAgent(state: SessionState, id: AgentId, event: AgentEvent, at: number): SessionState {
  const before = state.agents.find((agent) => agent.id === id);
  if (before === undefined) return state;
  // The clock may have been set back; a launch is not earlier than its session.
  const from = event.type === 'LaunchIntended' ? Math.max(at, state.startedAt) : at;
  const after = evolveAgent(before, event, from);
  if (after === before) return state;
  const changed = {
    ...state,
    agents: state.agents.map((agent) => (agent === before ? after : agent)),
  };
  const isReopened = before.phase.kind === 'settled' && !isSettled(after);
  if (!isReopened) return becameFailed(before, after) ? reactivate(changed) : changed;
  const active = reactivate(changed);
  // Nothing was skipped because of a completed agent, which now only answers a message.
  if (before.phase.outcome === 'completed') return active;
  const isUserRequest = event.type === 'RetryRequested' || event.type === 'FollowUpIntended';
  return reopen(isUserRequest ? { ...active, isCancelRequested: false } : active, id, at);
}

function becameFailed({ phase: before }: AgentState, { phase: after }: AgentState): boolean {
  const isCompleted = before.kind === 'settled' && before.outcome === 'completed';
  return isCompleted && after.kind === 'settled' && after.outcome === 'failed';
}

/** An ended session continues. It is shown again, because it may cost money or need the user. */
function reactivate(state: SessionState): SessionState {
  return state.phase.kind === 'ended'
    ? { ...state, phase: { kind: 'active' }, isDismissed: false }
    : state;
}

/**
 * Reopens the agents that were skipped because of an agent. If the session is being cancelled, they and that agent are
 * cancelled too: a late fact from Cursor must not start anything.
 */
function reopen(state: SessionState, id: AgentId, at: number): SessionState {
  const descendants = descendantsOf(state, id);
  const cancel = state.isCancelRequested ? { at, unconfirmed: null } : null;
  const revive = (agent: AgentState): AgentState => {
    if (agent.id === id) return { ...agent, cancel: agent.cancel ?? cancel };
    return descendants.has(agent.id) &&
      agent.phase.kind === 'settled' &&
      agent.phase.outcome === 'skipped'
      ? { ...agent, phase: { kind: 'waiting', deferred: null }, cancel, changedAt: at }
      : agent;
  };
  return { ...state, agents: state.agents.map(revive) };
}

function descendantsOf(state: SessionState, id: AgentId): ReadonlySet<AgentId> {
  const graph = graphOfSession(state);
  const descendants = new Set<AgentId>(graph.downstream.get(id));
  for (const descendant of descendants)
    for (const next of graph.downstream.get(descendant) ?? []) descendants.add(next);
  return descendants;
}
