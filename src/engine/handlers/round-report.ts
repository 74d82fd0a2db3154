import { beginsWorkflowRound } from '../../session/continued-attempt.ts';
import type { EnhanceEventOf } from '../../session/enhance/enhance-events.ts';
import { currentRound } from '../../session/enhance/enhance-state.ts';
import { currentAgents } from '../../session/enhance/round-failures.ts';
import { newestGate } from '../../session/flow/flow-state.ts';
import { agentName, agentOf, latestAttempt } from '../../session/select.ts';
import type { AgentState } from '../../session/state.ts';
import type { AgentId } from '../../workflow/ids.ts';
import { PLANNER_ID } from '../../workflow/planner.ts';
import type { EnhanceRound } from '../compose/enhance-section.ts';
import type { PlannerParts } from '../compose/planner-prompt.ts';
import { stateOf, type Task } from './handler.ts';

type Reader = Pick<Task<unknown>, 'context' | 'sessionId'>;

/** The newest report of a round. Its texts are too long to be part of the state. */
function reportOf(reader: Reader, round: number): EnhanceEventOf<'RoundReported'> | undefined {
  return reader.context.journal
    .sessionEvents(reader.sessionId, { limit: 1_000, types: ['RoundReported'] })
    .flatMap(({ event }) => (event.type === 'RoundReported' && event.round === round ? event : []))
    .at(-1);
}

/** The information for an agent that begins a further round of the whole workflow; null otherwise. */
export function enhanceRoundOf(
  reader: Reader,
  id: AgentId,
  isContinued: boolean,
): EnhanceRound | null {
  const state = stateOf(reader);
  const agent = agentOf(state, id);
  const { enhance } = state;
  if (enhance === null || agent === undefined || enhance.round === 1) return null;
  if (!beginsWorkflowRound(state, agent)) return null;
  const report = reportOf(reader, enhance.round - 1);
  const approval = newestGate(state.flow, { connectionId: null, agentId: PLANNER_ID });
  return {
    number: enhance.round,
    maxRounds: state.workflow.settings.loopAndEnhance.maxRounds,
    failures: report?.failures ?? [],
    feedback: report?.feedback ?? [],
    summary: currentRound(enhance)?.summary ?? null,
    note: approval?.answer?.kind === 'approve' ? approval.answer.note : null,
    isContinued,
  };
}

export function plannerParts(reader: Reader, input: string | null): PlannerParts {
  const state = stateOf(reader);
  const { workflow, enhance } = state;
  const { maxRounds, strictness, plannerInstructions = '' } = workflow.settings.loopAndEnhance;
  const round = enhance?.round ?? 1;
  const report = reportOf(reader, round);
  return {
    workflow,
    round,
    maxRounds,
    isStrict: strictness === 'strict',
    instructions: plannerInstructions,
    input,
    failures: report?.failures ?? [],
    feedback: report?.feedback ?? [],
    agents: currentAgents(state).map((agent) => ({
      id: agent.id,
      name: agentName(state, agent.id),
      outcome: outcomeOf(agent),
      branches: (latestAttempt(agent)?.branches ?? []).flatMap(({ branch }) => branch ?? []),
    })),
    earlier: (enhance?.rounds ?? []).flatMap(({ number, summary }) =>
      summary === null ? [] : { round: number, summary },
    ),
  };
}

function outcomeOf({ phase }: AgentState): string {
  if (phase.kind !== 'settled') return 'at work';
  return phase.cause?.code === 'not_taken'
    ? 'not needed, because no connection to it was taken'
    : phase.outcome;
}
