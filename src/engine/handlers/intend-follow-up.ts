import { conditionsFrom, outgoing, undecidedConditions } from '../../session/conditions.ts';
import type { EffectOf } from '../../session/effects.ts';
import { unsentChanges } from '../../session/flow/approval.ts';
import { PLANNER_ID } from '../../workflow/planner.ts';
import {
  composeCarryOutPrompt,
  composeChangesPrompt,
  composePlanChangesPrompt,
} from '../compose/gate-prompt.ts';
import { composeEditsChangesPrompt } from '../compose/planner-prompt.ts';
import { done, record, stateOf, type Task, type WorkResult } from './handler.ts';

/** Stores the prompt for an agent after the user has answered at a gate. */
export async function intendFollowUp(
  task: Task<EffectOf<'intend-follow-up'>>,
): Promise<WorkResult> {
  const { agentId, attempt, round, purpose, gateId } = task.effect;
  const state = stateOf(task);
  const gate = state.flow.gates.find(({ id }) => id === gateId);
  if (gate === undefined) return done;
  const note = gate.answer?.note ?? null;
  const isPlan = gate.connectionId === null;
  const conditions = isPlan
    ? conditionsFrom(state, agentId)
    : undecidedConditions(state, agentId, { number: attempt });
  const lastMessage = {
    outgoing: outgoing(state, agentId),
    conditions: conditions.filter(({ by }) => by === 'agent'),
  };
  const about = {
    type: 'FollowUpIntended',
    agentId,
    attempt,
    round,
    followUpId: task.context.ids.followUp(),
    purpose,
  } as const;
  if (agentId === PLANNER_ID) {
    record(task, { ...about, prompt: composeEditsChangesPrompt(note) });
  } else if (purpose === 'carry-out') {
    const prompt = composeCarryOutPrompt({ note, plan: editedPlan(task) }, lastMessage);
    record(task, { ...about, prompt, mode: 'agent' });
  } else if (isPlan) {
    record(task, { ...about, prompt: composePlanChangesPrompt(note), mode: 'plan' });
  } else {
    const notes = unsentChanges(state.flow, gate).flatMap(({ answer }) => answer?.note ?? []);
    record(task, { ...about, prompt: composeChangesPrompt(notes, lastMessage) });
  }
  return done;
}

/** The plan as the user edited it; null if it was not edited. It can be long, so it is only in the event. */
function editedPlan({ context, sessionId, effect }: Task<EffectOf<'intend-follow-up'>>) {
  const answers = context.journal.sessionEvents(sessionId, {
    limit: 1_000,
    types: ['GateAnswered'],
    agentId: effect.agentId,
    newestFirst: true,
  });
  for (const { event } of answers) {
    if (event.type === 'GateAnswered' && event.gateId === effect.gateId)
      return event.plan?.edited ?? null;
  }
  return null;
}
