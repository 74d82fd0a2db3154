import type { Failure } from '../../session/events.ts';
import type { EditedPlan } from '../../session/flow/flow-events.ts';
import type { Question } from '../../session/flow/questions.ts';
import { agentOf, attemptOf, latestTurn } from '../../session/select.ts';
import type { SessionState } from '../../session/state.ts';
import { inputProblems } from '../../workflow/limits.ts';
import type { QuestionAnswer } from '../api.ts';

/** Why an edited plan is not accepted with this answer; null if it is, or if there is none. */
export function editedPlanRefusal(
  { kind }: Question,
  { answer, plan }: QuestionAnswer,
): Failure | null {
  if (plan === null) return null;
  if (kind !== 'plan')
    return {
      code: 'answer_not_possible',
      message: 'This question is not about a plan, so there is no plan to change.',
      suggestion: 'Answer without one; what the agent is to change can be asked for in a note.',
    };
  if (answer !== 'approve')
    return {
      code: 'answer_not_possible',
      message: 'An edited plan is approved with the answer; it cannot be rejected or sent back.',
      suggestion: 'Approve it, or answer without it.',
    };
  if (plan.trim() === '')
    return {
      code: 'plan_empty',
      message: 'The edited plan is empty.',
      suggestion: 'Write what the agent is to do, or reject the plan.',
    };
  const [fault] = inputProblems(plan, 'plan');
  if (fault === undefined) return null;
  const { code, message, suggestion } = fault;
  return { code, message, ...(suggestion === undefined ? {} : { suggestion }) };
}

/** The proposed and the edited plan; null if nothing was changed. Line endings and trailing whitespace are ignored. */
export function editedPlan(
  state: SessionState,
  question: Question,
  plan: string | null,
): EditedPlan | null {
  if (plan === null || question.kind !== 'plan') return null;
  const proposed = proposedPlan(state, question);
  const edited = normalizeLineEnds(plan);
  return edited === normalizeLineEnds(proposed) ? null : { proposed, edited };
}

const normalizeLineEnds = (text: string): string => text.replaceAll('\r\n', '\n').trimEnd();

/** The proposed plan: while it waits, the turn that proposed it is the newest one of its agent. */
function proposedPlan(state: SessionState, { gate }: Extract<Question, { kind: 'plan' }>): string {
  const agent = agentOf(state, gate.agentId);
  const attempt = agent === undefined ? undefined : attemptOf(agent, gate.attempt);
  return latestTurn(attempt)?.ended?.result ?? '';
}
