import { textOrNull } from '../../lib/blank.ts';
import { type Condition, conditionsFrom } from '../conditions.ts';
import type { Failure } from '../events.ts';
import type { Question } from '../flow/questions.ts';
import { agentName } from '../select.ts';
import { questionsOf, waitingAgent } from '../session-flow.ts';
import type { AgentState, SessionState } from '../state.ts';

/** The question that an agent waits for, about its plan or about a connection to it. */
export function questionFor(state: SessionState, { id }: AgentState): Question | null {
  return questionsOf(state).find((question) => waitingAgent(state, question) === id) ?? null;
}

/** Identifies a question in an answer. A question that is asked again gets a new id. */
export function questionId(question: Question): string {
  if (question.kind !== 'condition') return question.gate.id;
  return conditionId(question.connectionId, question.attempt);
}

export const conditionId = (connectionId: string, attempt: number): string =>
  `condition:${connectionId}#${attempt}`;

/** Why a session waits for an answer, as the user reads it. */
export function questionReason(state: SessionState, question: Question): Failure {
  const suggestion = 'Answer with `cerevisor approve` or `cerevisor reject`.';
  switch (question.kind) {
    case 'gate': {
      const name = agentName(state, question.gate.agentId);
      const prompt = questionPrompt(state, question);
      const message = `The work of "${name}" waits for your approval${prompt === null ? '.' : `: ${prompt}`}`;
      return { code: 'approval_needed', message, suggestion };
    }
    case 'plan': {
      const name = agentName(state, question.gate.agentId);
      return {
        code: 'plan_approval_needed',
        message: `The plan of "${name}" waits for your approval.`,
        suggestion,
      };
    }
    case 'edits': {
      const prompt = questionPrompt(state, question);
      return {
        code: 'edits_approval_needed',
        message: `The planner proposes edits to the workflow, which wait for your approval${prompt === null ? '.' : `: ${prompt}`}`,
        suggestion,
      };
    }
    case 'condition': {
      const name = agentName(state, question.agentId);
      const prompt = questionPrompt(state, question);
      const message =
        conditionOf(state, question)?.by === 'expression'
          ? // The reason begins with the expression.
            `An expression over the hand-off of "${name}" cannot be evaluated: ${question.reason ?? prompt}`
          : `"${name}" could not say whether a condition holds: ${prompt}`;
      return { code: 'decision_needed', message, suggestion };
    }
    default:
      return question satisfies never;
  }
}

/** The text of the question from the workflow: the approval prompt, or the condition. */
export function questionPrompt(state: SessionState, question: Question): string | null {
  if (question.kind === 'plan') return null;
  if (question.kind === 'edits') return textOrNull(state.enhance?.proposal?.summary);
  if (question.kind === 'gate') {
    return textOrNull(connectionOf(state, question.gate.connectionId)?.approvalPrompt);
  }
  return conditionOf(state, question)?.text ?? question.connectionId;
}

function conditionOf(
  state: SessionState,
  { connectionId, agentId }: Extract<Question, { kind: 'condition' }>,
): Condition | undefined {
  return conditionsFrom(state, agentId).find((one) => one.connectionId === connectionId);
}

function connectionOf(state: SessionState, id: string | null) {
  return state.workflow.connections.find((connection) => connection.id === id);
}
