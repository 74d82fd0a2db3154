import { withSuggestion } from '../../lib/as-sentence.ts';
import { plural } from '../../lib/format.ts';
import { isStoppedByBudget } from '../../session/budget/budget-status.ts';
import { isPlanner } from '../../session/enhance/planner.ts';
import { unansweredRequests } from '../../session/requests/tool-requests.ts';
import {
  locationOf,
  locationOfAgent,
  maxConcurrentAt,
  type RunLocation,
  runtimeOf,
} from '../../session/run-location.ts';
import { documentOf, latestAttempt, latestTurn } from '../../session/select.ts';
import type {
  AgentState,
  Attempt,
  FollowUpPurpose,
  SessionState,
  Turn,
} from '../../session/state.ts';
import { pendingTranscriptReason } from '../../session/status/pending-transcript.ts';
import { questionFor } from '../../session/status/question-text.ts';
import { queuedAgents } from '../../session/status/queue.ts';

/** Why it is waiting, reconnecting or unknown, in a sentence; null if the status is self-explanatory. */
export function statusDetail(state: SessionState, agent: AgentState): string | null {
  const { phase } = agent;
  const place = locationOfAgent(state, agent);
  const unconfirmed = agent.cancel?.unconfirmed?.message;
  if (unconfirmed !== undefined) return unconfirmed;
  switch (phase.kind) {
    case 'waiting':
      if (questionFor(state, agent) !== null) return 'Waits for your answer.';
      if (isStoppedByBudget(state, agent)) return BUDGET_USED;
      if (queuedAgents(state).has(agent.id)) return queueDetail(state, agent, phase.deferred);
      return phase.deferred === null ? null : deferralDetail(place, phase.deferred);
    case 'launching':
      if (phase.uncertain !== null) return withSuggestion(phase.uncertain);
      return phase.deferred === null ? null : deferralDetail(place, phase.deferred);
    case 'running':
      if (questionFor(state, agent) !== null)
        return isPlanner(agent)
          ? 'Its edits wait for your approval.'
          : 'Its plan waits for your approval.';
      if (unansweredRequests(agent).length > 0) return 'Waits for your permission.';
      if (isStoppedByBudget(state, agent)) return BUDGET_USED;
      if (queuedAgents(state).has(agent.id))
        return `Its work was interrupted. ${queueDetail(state, agent, phase.deferred ?? null)}`;
      return latestAttempt(agent)?.connection.reason ?? null;
    case 'following-up':
      if (isStoppedByBudget(state, agent)) return BUDGET_USED;
      if (isPlanner(agent) && phase.purpose === 'handoff-repair')
        return 'Asked to correct its edits, which cannot be used.';
      return followUpReasons[phase.purpose] ?? followUpDetail(latestAttempt(agent));
    case 'settled': {
      const upstream = phase.cause?.upstreamAgentId;
      const cause = upstream === undefined ? undefined : documentOf(state, upstream);
      if (phase.outcome === 'skipped' && cause !== undefined)
        return `Skipped because of ${cause.name}.`;
      return unconfirmedEnd(latestTurn(latestAttempt(agent))) ?? pendingTranscriptReason(agent);
    }
    default:
      return phase satisfies never;
  }
}

const BUDGET_USED = 'The budget of the session is used up.';

const followUpReasons: Readonly<Partial<Record<FollowUpPurpose, string>>> = {
  'handoff-repair': 'Asked to repair its hand-off, which did not match the schema.',
  resume: 'Its work was interrupted, and is being resumed.',
  decision: 'Asked whether its conditions hold, because its answer was unclear.',
  changes: 'Asked for changes.',
  'carry-out': 'Asked to carry out its plan.',
};

function followUpDetail(attempt: Attempt | undefined): string {
  const { kind, reason } = attempt?.connection ?? { kind: 'live', reason: null };
  return kind === 'reconnecting' && reason !== null
    ? `A follow-up is waiting to be sent: ${reason}`
    : 'A follow-up is being sent.';
}

/** A notice for an end that the stream reported, but the run record does not confirm yet. */
function unconfirmedEnd(turn: Turn | undefined): string | null {
  const check = turn?.ended?.check ?? null;
  return check === 'open' || check === 'unanswered'
    ? "According to its stream, the run has ended; Cursor's record does not confirm it yet."
    : null;
}

type Deferral = NonNullable<Extract<AgentState['phase'], { kind: 'waiting' }>['deferred']>;

/** Why an agent is queued. The global limit comes with its own message; the limit of the session is in its state. */
function queueDetail(state: SessionState, agent: AgentState, deferred: Deferral | null): string {
  if (deferred?.failure !== undefined) return deferred.failure.message;
  const isResumed = agent.phase.kind === 'running';
  const place = isResumed ? locationOfAgent(state, agent) : locationOf(runtimeOf(state, agent.id));
  if (place === 'this-machine' && state.local?.isolation === 'in-place')
    return 'Another agent is working in this folder. This one starts as soon as that one has finished.';
  const most = maxConcurrentAt(state, place);
  const where =
    state.local === null ? '' : place === 'cloud' ? ' in the cloud' : ' on this machine';
  return `This session runs ${plural(most, 'agent')} at a time${where}. This one ${isResumed ? 'continues' : 'starts'} as soon as a slot is free.`;
}

const deferralReasons: Readonly<Record<Deferral['reason'], string>> = {
  concurrency: 'Waiting for a free slot: the limit of concurrent agents is reached.',
  rate_limited: 'Cursor asked to wait before starting more agents.',
  usage_limit: 'The usage limit of the Cursor account is reached.',
  retry: 'Will be retried soon.',
  credentials: 'Waiting for a valid API key.',
  offline: 'Waiting for the network.',
};
/** Reasons that differ on this machine. */
const localReasons: Readonly<Partial<Record<Deferral['reason'], string>>> = {
  rate_limited: 'This machine cannot start the agent yet.',
  offline: 'This machine cannot start the agent yet.',
};

function deferralDetail(place: RunLocation, deferral: Deferral): string {
  const local = place === 'this-machine' ? localReasons[deferral.reason] : undefined;
  const reason = local ?? deferralReasons[deferral.reason];
  return deferral.failure === undefined ? reason : `${reason} ${withSuggestion(deferral.failure)}`;
}
