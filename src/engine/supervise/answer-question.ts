import type { Failure, LifecycleEvent } from '../../session/events.ts';
import type { EditedPlan } from '../../session/flow/flow-events.ts';
import type { Question } from '../../session/flow/questions.ts';
import { documentOf } from '../../session/select.ts';
import { questionsOf } from '../../session/session-flow.ts';
import type { SessionState } from '../../session/state.ts';
import { conditionId, questionId } from '../../session/status/question-text.ts';
import { inputProblems } from '../../workflow/limits.ts';
import type { QuestionAnswer } from '../api.ts';
import type { EngineContext } from '../context.ts';
import { editedPlan, editedPlanRefusal } from './edited-plan.ts';

/** Stores the user's answer to a question. The first answer counts, whichever client it came from. */
export function answerQuestion(
  context: EngineContext,
  state: SessionState,
  answer: QuestionAnswer,
): Failure | null {
  const match = findQuestion(state, answer.question);
  if ('code' in match) return match;
  const { question } = match;
  const refusal = refusalOf(question, answer) ?? editedPlanRefusal(question, answer);
  if (refusal !== null) return refusal;
  const plan = editedPlan(state, question, answer.plan);
  context.journal.append(state.id, [answerEvent(question, answer, plan)]);
  return null;
}

function findQuestion(
  state: SessionState,
  reference: string | null,
): { readonly question: Question } | Failure {
  const open = questionsOf(state);
  const matching =
    reference === null ? open : open.filter((question) => isNamedBy(state, question, reference));
  const [question, ...others] = matching;
  if (question === undefined) return notOpen(state, reference);
  if (others.length === 0) return { question };
  return {
    code: 'question_ambiguous',
    message: `The session has ${matching.length} open questions: ${matching.map(questionId).join(', ')}.`,
    suggestion: 'Say which one you are answering.',
  };
}

function isNamedBy(state: SessionState, question: Question, reference: string): boolean {
  const { connectionId, agentId } = question.kind === 'condition' ? question : question.gate;
  const connection = state.workflow.connections.find(({ id }) => id === connectionId);
  const agent = documentOf(state, agentId);
  return [questionId(question), connectionId, connection?.label, agentId, agent?.name].includes(
    reference,
  );
}

/** Why no open question matches. If another client answered it first, that answer is named. */
function notOpen(state: SessionState, reference: string | null): Failure {
  const gate = state.flow.gates.find(
    ({ id, connectionId, agentId }) =>
      reference !== null && [id, connectionId, agentId].includes(reference),
  );
  const decision = state.flow.decisions.find(
    ({ connectionId, attempt, by }) =>
      by === 'person' &&
      [conditionId(connectionId, attempt), connectionId].includes(reference ?? ''),
  );
  if (gate?.answer != null || decision !== undefined) {
    const answer = gate?.answer?.kind ?? (decision?.holds === true ? 'approve' : 'reject');
    const where = gate?.answer == null ? '' : ` (${gate.answer.by})`;
    return {
      code: 'already_answered',
      message: `This question was already answered: ${answerLabels[answer]}${where}.`,
      suggestion: 'The first answer counts.',
    };
  }
  const which = reference === null ? '' : ` "${reference}"`;
  return { code: 'no_open_question', ...whyNotOpen(state, which) };
}

function whyNotOpen(
  state: SessionState,
  which: string,
): { readonly message: string; readonly suggestion: string } {
  if (state.phase.kind === 'ended')
    return {
      message: `The session is ${state.phase.outcome}, so its question${which} can no longer be answered.`,
      suggestion: 'Run the workflow again, or retry an agent that failed or was cancelled.',
    };
  if (state.isCancelRequested)
    return {
      message: `The session is being cancelled, so its question${which} can no longer be answered.`,
      suggestion: 'Run the workflow again to be asked again.',
    };
  const last = lastAnswer(state);
  return {
    message: `The session has no open question${which}.${last === null ? '' : ` The last one was answered: ${last}.`}`,
    suggestion: 'Open the session to see what it is waiting for.',
  };
}

/** The last answer, and the client that it came from. */
function lastAnswer({ flow }: SessionState): string | null {
  const answers = [
    ...flow.gates.flatMap(({ answer }) =>
      answer === null
        ? []
        : [{ at: answer.at, text: `${answerLabels[answer.kind]} (${answer.by})` }],
    ),
    ...flow.decisions.flatMap(({ by, holds, at }) =>
      by === 'person' ? [{ at, text: answerLabels[holds === true ? 'approve' : 'reject'] }] : [],
    ),
  ];
  const newest = answers.toSorted((one, other) => other.at - one.at)[0];
  return newest?.text ?? null;
}

const answerLabels = {
  approve: 'approved',
  reject: 'rejected',
  changes: 'changes were asked for',
} as const;

function refusalOf({ kind }: Question, { answer, note }: QuestionAnswer): Failure | null {
  if (answer === 'changes' && kind === 'condition') {
    return {
      code: 'answer_not_possible',
      message: 'A condition either holds or does not; you cannot ask for changes.',
      suggestion: 'Approve if it holds, reject if it does not.',
    };
  }
  if (answer === 'changes' && note === null) {
    return {
      code: 'note_missing',
      message: 'You did not say what the agent should change.',
      suggestion: 'Describe the changes in the note.',
    };
  }
  const [fault] = inputProblems(note ?? undefined);
  return fault === undefined ? null : { code: fault.code, message: fault.message };
}

function answerEvent(
  question: Question,
  { answer, note, by }: QuestionAnswer,
  plan: EditedPlan | null,
): LifecycleEvent {
  if (question.kind === 'condition') {
    const { agentId, attempt, round, connectionId } = question;
    return {
      type: 'ConnectionDecided',
      agentId,
      attempt,
      round,
      connectionId,
      holds: answer === 'approve',
      ...(note === null ? {} : { reason: note }),
      by: 'person',
    };
  }
  const { id: gateId, agentId, attempt, round, connectionId } = question.gate;
  return {
    type: 'GateAnswered',
    agentId,
    attempt,
    round,
    gateId,
    ...(connectionId === null ? {} : { connectionId }),
    answer,
    ...(note === null ? {} : { note }),
    ...(plan === null ? {} : { plan }),
    by,
  };
}
