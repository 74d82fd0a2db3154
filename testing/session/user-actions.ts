import type { LifecycleEvent, SessionEventOf } from '../../src/session/events.ts';
import type { Question } from '../../src/session/flow/questions.ts';
import { openRequestsOf } from '../../src/session/requests/tool-requests.ts';
import { isFlagged, isSettled, latestAttempt, latestTurn } from '../../src/session/select.ts';
import { questionsOf } from '../../src/session/session-flow.ts';
import type { Choices } from './choices.ts';
import type { ResultContext } from './effect-results.ts';
import { branchesOf, runAlive, runEnded } from './run-facts.ts';
import { followUpId } from './sample-events.ts';

const holdReason = 'asked-on-launch' satisfies SessionEventOf<'SessionHeld'>['reason'];

/** A random action of the user, or null if it is not possible now. */
export function userAction(context: ResultContext): LifecycleEvent | null {
  const { choices, state } = context;
  const agent = choices.from(state.agents);
  if (agent === undefined) return null;
  const agentId = agent.id;
  const kind = choices.pick(
    'resume',
    'resume',
    'retry',
    'retry',
    'retry',
    'message',
    'message',
    'message',
    'message',
    'answer',
    'answer',
    'answer',
    'answer',
    'permit',
    'permit',
    'permit',
    'feedback',
    'cancel-agent',
    'cancel-agent',
    'cancel-session',
    'hold',
    'dismiss',
    'restore',
  );
  switch (kind) {
    case 'resume':
      return { type: 'SessionResumed' };
    case 'hold':
      return { type: 'SessionHeld', reason: holdReason };
    case 'retry':
      return { type: 'RetryRequested', round: agent.round, agentId };
    case 'message': {
      const attempt = latestAttempt(agent);
      if (!isSettled(agent) || attempt === undefined || attempt.turns.length === 0) return null;
      return {
        type: 'FollowUpIntended',
        round: attempt.round,
        agentId,
        attempt: attempt.number,
        followUpId: followUpId(context.mint('f')),
        purpose: 'message',
        prompt: 'One more thing.',
      };
    }
    case 'answer':
      return answerTo(choices.from(questionsOf(state)), choices);
    case 'permit':
      return permit(context);
    case 'feedback': {
      const { enhance } = state;
      if (enhance === null) return null;
      const { round, feedback } = enhance;
      const about = { type: 'FeedbackGiven', round, number: feedback.length + 1 } as const;
      return { ...about, text: 'Shorter, please.', by: 'test' };
    }
    case 'cancel-agent':
      return { type: 'CancelRequested', agentId };
    case 'cancel-session':
      return { type: 'CancelRequested' };
    case 'dismiss':
      return { type: 'SessionDismissed' };
    case 'restore':
      return { type: 'SessionRestored' };
    default:
      return kind satisfies never;
  }
}

/** A random answer to a tool request. */
function permit({ choices, state }: ResultContext): LifecycleEvent | null {
  const conditions = choices.from(openRequestsOf(state));
  if (conditions === undefined) return null;
  const { agent, attempt, turnId, request } = conditions;
  return {
    type: 'ToolRequestAnswered',
    agentId: agent.id,
    attempt: attempt.number,
    turnId,
    requestId: request.requestId,
    decision: choices.pick('allow', 'deny'),
    scope: choices.pick('once', 'session', 'always'),
    by: 'test',
  };
}

/** A random answer to an open question. */
export function answerTo(question: Question | undefined, choices: Choices): LifecycleEvent | null {
  if (question === undefined) return null;
  if (question.kind === 'condition') {
    const { agentId, attempt, round, connectionId } = question;
    const about = { agentId, attempt, round, connectionId };
    return { type: 'ConnectionDecided', ...about, holds: choices.isOneIn(2), by: 'person' };
  }
  const { id: gateId, agentId, attempt, round, connectionId, number } = question.gate;
  const answer = number > 3 ? 'approve' : choices.pick('approve', 'approve', 'changes', 'reject');
  const about = { type: 'GateAnswered', agentId, attempt, round, gateId } as const;
  const answered = { ...about, answer, by: 'test' } as const;
  return connectionId === null ? answered : { ...answered, connectionId };
}

/** A fact from Cursor that no effect requested, about any run. */
export function unsolicitedFact(context: ResultContext): LifecycleEvent | null {
  const { choices, state } = context;
  const attempts = state.agents.flatMap((agent) =>
    agent.attempts.map((attempt) => ({ agentId: agent.id, attempt })),
  );
  const flagged = attempts.filter(({ attempt }) => isFlagged(attempt));
  const picked = choices.from(choices.isOneIn(2) ? attempts : flagged);
  const turn = latestTurn(picked?.attempt);
  if (picked === undefined || turn === undefined) return null;
  const about = {
    agentId: picked.agentId,
    attempt: picked.attempt.number,
    turnId: turn.id,
  };
  const kind = choices.pick('finished', 'alive', 'branches', 'error', 'cancelled', 'silent');
  switch (kind) {
    case 'alive':
      return runAlive(about, context);
    case 'branches':
      return {
        type: 'RunObserved',
        ...about,
        status: 'FINISHED',
        branches: branchesOf(about, choices.isOneIn(2)),
        source: 'record',
      };
    case 'finished':
    case 'error':
    case 'cancelled':
    case 'silent':
      return runEnded(about, kind, context);
    default:
      return kind satisfies never;
  }
}
