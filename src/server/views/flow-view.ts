import type { ConnectionView } from '../../contract/flow-views.ts';
import type { QuestionView, SessionDetail } from '../../contract/session-views.ts';
import { gateSubject, loopRound } from '../../session/flow/flow-state.ts';
import type { Question } from '../../session/flow/questions.ts';
import { agentOf } from '../../session/select.ts';
import { flowGraphOfSession, flowOfSession, waitingAgent } from '../../session/session-flow.ts';
import type { SessionState } from '../../session/state.ts';
import { questionId, questionPrompt } from '../../session/status/question-text.ts';
import type { AgentId, ConnectionId } from '../../workflow/ids.ts';
import { PLANNER_ID } from '../../workflow/planner.ts';
import { connectionReason } from './connection-reason.ts';
import { instant } from './instant.ts';
import { questionWork } from './question-work.ts';

export function questionView(state: SessionState, question: Question): QuestionView {
  const about = question.kind === 'condition' ? question : question.gate;
  return {
    id: questionId(question),
    kind: question.kind,
    connectionId: about.connectionId,
    agentId: about.agentId,
    targetAgentId: waitingAgent(state, question),
    attempt: about.attempt,
    round: about.round,
    prompt: questionPrompt(state, question),
    reason: question.kind === 'condition' ? question.reason : unsentChanges(state, question),
    work: questionWork(state, question),
    askedAt: instant(question.kind === 'condition' ? question.at : question.gate.openedAt),
  };
}

/** Why requested changes did not reach the agent, so that the same gate is open again; null if they did. */
function unsentChanges(state: SessionState, { gate }: Exclude<Question, { kind: 'condition' }>) {
  const phase = agentOf(state, gate.agentId)?.phase;
  if (phase?.kind !== 'settled' || phase.outcome !== 'completed' || phase.cause === null)
    return null;
  return `The request for changes could not be sent: ${phase.cause.message}`;
}

/** Every connection with its state, decision and approval. */
export function connectionViews(state: SessionState): SessionDetail['connections'] {
  const { status } = flowOfSession(state);
  return state.workflow.connections.map(({ id, source, target, flowType, label }) => {
    const decision = state.flow.decisions.find(({ connectionId }) => connectionId === id);
    const gate = state.flow.gates.find((one) => gateSubject(one) === id);
    return {
      id,
      source,
      target,
      flowType,
      label: label ?? null,
      ...connectionState(state, id, status.connections.get(id)?.state ?? 'pending'),
      decision:
        decision === undefined
          ? null
          : {
              holds: decision.holds,
              reason: decision.reason,
              by: decision.by,
              round: decision.round,
              at: instant(decision.at),
            },
      approval:
        gate?.answer == null
          ? null
          : {
              answer: gate.answer.kind,
              note: gate.answer.note,
              by: gate.answer.by,
              round: gate.round,
              at: instant(gate.answer.at),
            },
    };
  });
}

/** The state of a connection. After the end of a session, undecided connections count as not taken. */
function connectionState(
  state: SessionState,
  id: ConnectionId,
  current: ConnectionView['state'],
): Pick<ConnectionView, 'state' | 'reason'> {
  const isOpen = current === 'pending' || current === 'awaiting-approval';
  if (state.phase.kind !== 'ended' || !isOpen)
    return { state: current, reason: connectionReason(state, id) };
  const end = state.phase.outcome === 'cancelled' ? 'was cancelled' : 'ended';
  return { state: 'not-taken', reason: `The session ${end} before this was decided.` };
}

export function loopViews(state: SessionState): SessionDetail['loops'] {
  return flowOfSession(state).status.loops.map(
    ({ loop, round, state: loopState, cause, reason }) => ({
      id: loop.id,
      agentIds: [...loop.body],
      round,
      mostRounds: loop.maxRounds,
      state: loopState,
      cause,
      reason,
    }),
  );
}

/** The current and the maximum round of the innermost loop around an agent. */
export function roundOfAgent(
  state: SessionState,
  id: AgentId,
): { readonly round: number; readonly rounds: number } {
  if (id === PLANNER_ID && state.enhance !== null)
    return {
      // The planner works at the end of a round, to plan the next one.
      round: agentOf(state, id)?.round ?? state.enhance.round,
      rounds: state.workflow.settings.loopAndEnhance.maxRounds,
    };
  const loop = flowGraphOfSession(state).loops.find(({ body }) => body.has(id));
  return loop === undefined
    ? { round: 1, rounds: 1 }
    : { round: loopRound(state.flow, loop.id), rounds: loop.maxRounds };
}
