import type { PlanView } from '../../contract/flow-views.ts';
import type { StoredEvent } from '../../journal/types.ts';
import type { EditedPlan } from '../../session/flow/flow-events.ts';
import type { Gate } from '../../session/flow/flow-state.ts';
import { agentOf, attemptOf } from '../../session/select.ts';
import type { Attempt, SessionState } from '../../session/state.ts';
import { PLANNER_ID } from '../../workflow/planner.ts';
import { instant, instantOrNull } from './instant.ts';

/** The newest plan of each agent that plans first. Edits of the user are only in the event of the answer. */
export function planViews(state: SessionState, events: readonly StoredEvent[]): PlanView[] {
  return state.flow.gates
    .filter(({ connectionId, agentId }) => connectionId === null && agentId !== PLANNER_ID)
    .flatMap((gate) => planView(state, gate, editedPlanIn(events, gate)) ?? []);
}

function planView(state: SessionState, gate: Gate, edited: EditedPlan | null): PlanView | null {
  const agent = agentOf(state, gate.agentId);
  const attempt = agent === undefined ? undefined : attemptOf(agent, gate.attempt);
  const proposed = edited?.proposed ?? (attempt === undefined ? null : proposedIn(attempt));
  if (proposed === null) return null;
  const { answer } = gate;
  return {
    agentId: gate.agentId,
    gateId: gate.id,
    attempt: gate.attempt,
    round: gate.round,
    proposed,
    edited: edited?.edited ?? null,
    answer: answer?.kind ?? null,
    note: answer?.note ?? null,
    by: answer?.by ?? null,
    askedAt: instant(gate.openedAt),
    answeredAt: instantOrNull(answer?.at ?? null),
  };
}

/** The last result of the agent before it was asked to carry out its plan. */
function proposedIn({ turns }: Attempt): string | null {
  const carriedOut = turns.findIndex(({ purpose }) => purpose === 'carry-out');
  const planning = carriedOut === -1 ? turns : turns.slice(0, carriedOut);
  return planning.findLast(({ ended }) => ended?.result != null)?.ended?.result ?? null;
}

function editedPlanIn(events: readonly StoredEvent[], { id }: Gate): EditedPlan | null {
  for (const { event } of events)
    if (event.type === 'GateAnswered' && event.gateId === id) return event.plan ?? null;
  return null;
}
