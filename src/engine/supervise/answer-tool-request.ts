import { ruleFromAnswer } from '../../permissions/answer-rule.ts';
import type { Failure, LifecycleEvent, SessionEventOf } from '../../session/events.ts';
import { shortRequestId } from '../../session/requests/request-text.ts';
import {
  type AgentToolRequest,
  openRequestsOf,
  toolAnswerOf,
} from '../../session/requests/tool-requests.ts';
import type { SessionState } from '../../session/state.ts';
import { inputProblems } from '../../workflow/limits.ts';
import type { ToolRequestAnswer } from '../api.ts';
import type { EngineContext } from '../context.ts';
import { answerByRule } from '../handlers/record-tool-request.ts';
import { storeRule } from '../permission-rules.ts';

/** Stores the user's answer to a tool request. The first answer counts, whichever client it came from. */
export function answerToolRequest(
  context: EngineContext,
  state: SessionState,
  answer: ToolRequestAnswer,
): Failure | null {
  const pending = findRequest(context, state, answer.request);
  if ('code' in pending) return pending;
  const [fault] = [...inputProblems(answer.note), ...inputProblems(answer.pattern)];
  if (fault !== undefined) return { code: fault.code, message: fault.message };
  if (answer.pattern !== undefined && answer.scope === 'once') return PATTERN_FOR_ONCE;
  context.journal.append(state.id, [answeredEvent(pending, answer)]);
  if (answer.scope === 'always') storeAlwaysRule(context, state, pending, answer);
  answerOthers(context, state.id);
  return null;
}

const PATTERN_FOR_ONCE: Failure = {
  code: 'answer_not_possible',
  message:
    'A pattern says which other calls the answer applies to, but this answer applies only once.',
  suggestion: 'Answer for the session or always, or omit the pattern.',
};

function answeredEvent(
  { agent, attempt, turnId, request }: AgentToolRequest,
  { decision, scope, note, pattern, by }: ToolRequestAnswer,
): SessionEventOf<'ToolRequestAnswered'> {
  return {
    type: 'ToolRequestAnswered',
    agentId: agent.id,
    attempt: attempt.number,
    turnId,
    requestId: request.requestId,
    decision,
    scope,
    ...(note === undefined ? {} : { note }),
    ...(pattern === undefined ? {} : { pattern }),
    by,
  };
}

function storeAlwaysRule(
  context: EngineContext,
  { workflow, local }: SessionState,
  { request }: AgentToolRequest,
  answer: ToolRequestAnswer,
): void {
  const rule = ruleFromAnswer({ ...request, args: null }, toolAnswerOf(answer));
  if (rule === null || local === null) return;
  const { folder } = local;
  storeRule(context, workflow.id, { folder, at: context.clock.now(), rule });
}

/** Answers other open requests of the session to which the new rule applies. */
function answerOthers(context: EngineContext, sessionId: SessionState['id']): void {
  const state = context.journal.state(sessionId);
  if (state === undefined) return;
  const events = openRequestsOf(state).flatMap((other): LifecycleEvent[] => {
    const byRule = answerByRule(context, state, other.request);
    if (byRule === null) return [];
    const { agent, attempt, turnId } = other;
    return [{ ...byRule, agentId: agent.id, attempt: attempt.number, turnId }];
  });
  if (events.length > 0) context.journal.append(sessionId, events);
}

function findRequest(
  context: EngineContext,
  state: SessionState,
  reference: string,
): AgentToolRequest | Failure {
  const isNamed = ({ request: { requestId } }: AgentToolRequest) =>
    requestId === reference || withoutPrefix(requestId).startsWith(withoutPrefix(reference));
  const [meant, ...others] = openRequestsOf(state).filter(isNamed);
  if (meant === undefined) return notOpen(context, state, reference);
  if (others.length === 0) return meant;
  const ids = [meant, ...others].map(({ request }) => shortRequestId(request.requestId));
  return {
    code: 'question_ambiguous',
    message: `"${reference}" could mean ${ids.join(' or ')}.`,
    suggestion: 'Enter more characters of the id.',
  };
}

const withoutPrefix = (requestId: string): string => requestId.replace(/^request-/, '');

/** Why no open request matches. If it was already answered, that answer is named. */
function notOpen({ journal }: EngineContext, state: SessionState, reference: string): Failure {
  const ends = journal.sessionEvents(state.id, {
    limit: 1_000,
    newestFirst: true,
    types: ['ToolRequestAnswered', 'ToolRequestWithdrawn'],
  });
  const isMeant = (requestId: string) =>
    withoutPrefix(requestId).startsWith(withoutPrefix(reference));
  for (const { event } of ends) {
    if (event.type === 'ToolRequestAnswered' && isMeant(event.requestId)) {
      const label = event.decision === 'allow' ? 'allowed' : 'denied';
      return {
        code: 'already_answered',
        message: `This request was already answered: ${label} (${event.by}).`,
        suggestion: 'The first answer counts.',
      };
    }
    if (event.type === 'ToolRequestWithdrawn' && isMeant(event.requestId))
      return {
        code: 'request_ended',
        message: `This request no longer needs an answer: ${event.reason}`,
        suggestion: 'If the agent continues, it asks again.',
      };
  }
  return {
    code: 'no_open_question',
    message: `The session has no open request "${reference}".`,
    suggestion: 'Open the session to see the requests that are waiting.',
  };
}
