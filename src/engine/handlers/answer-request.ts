import { fullJitter } from '../../lib/backoff.ts';
import type { EffectOf } from '../../session/effects.ts';
import { toolAnswerOf } from '../../session/requests/tool-requests.ts';
import { agentOf, attemptOf } from '../../session/select.ts';
import { done, record, retryAt, stateOf, type Task, type WorkResult } from './handler.ts';

const backoff = { baseMs: 500, capMs: 30_000 };

/** Delivers a stored answer to the tool call that waits for it. Retries until it is delivered or no longer needed. */
export async function answerRequest(task: Task<EffectOf<'answer-request'>>): Promise<WorkResult> {
  const { effect, context } = task;
  const { agentId, attempt, turnId, requestId } = effect;
  const agent = agentOf(stateOf(task), agentId);
  const requests = agent === undefined ? undefined : attemptOf(agent, attempt)?.requests;
  const answer = requests?.open.find(({ request }) => request.requestId === requestId)?.answer;
  if (answer == null) return done;
  const about = { agentId, attempt, turnId, requestId };
  const runtime = context.runtime(effect.runtime);
  if (runtime.answerRequest === undefined)
    throw new Error(`${effect.runtime} cannot be answered, but has asked`);
  const result = await runtime.answerRequest(
    effect.threadId,
    turnId,
    requestId,
    toolAnswerOf(answer),
  );
  if (result.ok) {
    record(task, { type: 'ToolAnswerDelivered', ...about });
    return done;
  }
  const { code, message } = result.error;
  if (code === 'request_ended' || code === 'not_found') {
    record(task, { type: 'ToolRequestWithdrawn', ...about, reason: message });
    return done;
  }
  const delay = fullJitter(backoff, task.failures + 1, context.random);
  return retryAt(context.clock.now() + delay);
}
