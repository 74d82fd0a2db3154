import { evaluatePolicy } from '../../permissions/decide.ts';
import type { ToolRequest, ToolRequestEnd } from '../../permissions/tool-request.ts';
import type { EffectOf } from '../../session/effects.ts';
import type { SessionEventOf } from '../../session/events.ts';
import { agentOf, attemptOf } from '../../session/select.ts';
import type { SessionState } from '../../session/state.ts';
import { policyOf } from '../compose/permission-policy.ts';
import type { EngineContext } from '../context.ts';
import { type Recorder, record, stateOf } from './handler.ts';

type RequestTask = Recorder & {
  readonly effect: Pick<EffectOf<'follow'>, 'agentId' | 'attempt' | 'turnId'>;
};

/** Stores a tool request. If a rule from an earlier answer applies, the answer is stored too. */
export function recordToolRequest(task: RequestTask, request: ToolRequest): void {
  const { context, effect } = task;
  const { agentId, attempt, turnId } = effect;
  const state = stateOf(task);
  if (isKnown(state, task.effect, request.requestId)) return;
  const about = { agentId, attempt, turnId };
  const answered = answerByRule(context, state, request);
  record(
    task,
    { type: 'ToolRequested', ...about, request },
    ...(answered === null ? [] : [{ ...answered, ...about }]),
  );
}

export function recordToolRequestEnd(task: RequestTask, end: ToolRequestEnd): void {
  const { agentId, attempt, turnId } = task.effect;
  const about = { agentId, attempt, turnId, requestId: end.requestId };
  if (!isOpen(stateOf(task), task.effect, end.requestId)) return;
  record(
    task,
    end.outcome === 'withdrawn'
      ? { type: 'ToolRequestWithdrawn', ...about, reason: end.reason }
      : { type: 'ToolAnswerDelivered', ...about },
  );
}

/** The answer to a request by the rules of earlier answers. Null if the user has to be asked. */
export function answerByRule(
  context: EngineContext,
  state: SessionState,
  request: Omit<ToolRequest, 'args' | 'diff'>,
): Pick<
  SessionEventOf<'ToolRequestAnswered'>,
  'type' | 'requestId' | 'decision' | 'scope' | 'by'
> | null {
  const policy = policyOf(context, state);
  const answers = policy.rules.filter(({ isAnswer }) => isAnswer === true);
  if (answers.length === 0) return null;
  const { decision } = evaluatePolicy(policy, { ...request, args: null });
  if (decision === 'ask') return null;
  const { requestId } = request;
  return { type: 'ToolRequestAnswered', requestId, decision, scope: 'once', by: 'rule' };
}

const requestsOf = (state: SessionState, { agentId, attempt }: RequestTask['effect']) => {
  const agent = agentOf(state, agentId);
  return agent === undefined ? undefined : attemptOf(agent, attempt)?.requests;
};

const isOpen = (state: SessionState, effect: RequestTask['effect'], requestId: string): boolean =>
  requestsOf(state, effect)?.open.some(({ request }) => request.requestId === requestId) ?? false;

const isKnown = (state: SessionState, effect: RequestTask['effect'], requestId: string): boolean =>
  isOpen(state, effect, requestId) ||
  (requestsOf(state, effect)?.endedIds.includes(requestId) ?? false);
