import { fullJitter, remoteBackoff } from '../../lib/backoff.ts';
import type { EffectOf } from '../../session/effects.ts';
import type { Failure } from '../../session/events.ts';
import { locationOf } from '../../session/run-location.ts';
import { agentOf, attemptOf, followsDelivery } from '../../session/select.ts';
import { interruption } from '../../session/settlement-causes.ts';
import type { AgentState, Attempt, Turn } from '../../session/state.ts';
import { failureOf } from '../failure.ts';
import { isKnownToWait, limitReached } from './agent-limit.ts';
import { done, record, retryAt, stateOf, type Task, type WorkResult } from './handler.ts';

type ResumeTask = Task<EffectOf<'intend-resume'>>;

/** The prompt comes from this machine, so more tries would not help. */
const MAX_TRIES = 6;

/**
 * Resumes an interrupted turn: stores the intent to send its thread a prompt that continues where the work stopped.
 * With *Resume on launch: ask me*, the user is asked first, once per interruption.
 */
export async function intendResume(task: ResumeTask): Promise<WorkResult> {
  const { effect, context, failures } = task;
  const { agentId, attempt, round, threadId, turnId } = effect;
  if (context.resumeOnLaunch() === 'ask' && !wasResumedSince(task)) {
    record(task, { type: 'SessionHeld', reason: 'asked-on-launch' });
    return done;
  }
  const answer = await context.runtime(effect.runtime).resumePrompt?.(threadId, turnId);
  if (answer?.ok) return storeIntent(task, answer.value);
  const isTransient = answer?.error.code === 'unreachable' || answer?.error.code === 'host_failed';
  if (isTransient && failures + 1 < MAX_TRIES) {
    const delay = fullJitter(remoteBackoff, failures + 1, context.random);
    return retryAt(context.clock.now() + delay);
  }
  const interrupted = interruptedTurn(task);
  const reason = interrupted?.turn.ended?.failure ?? null;
  const cause = interruption(answer === undefined ? reason : failureOf(answer.error));
  // What the user sent after the work was completed does not undo it.
  const isDelivered =
    interrupted !== null &&
    followsDelivery(interrupted.agent, interrupted.attempt, interrupted.turn);
  const outcome = isDelivered ? 'completed' : 'failed';
  record(task, { type: 'AgentSettled', agentId, attempt, round, outcome, cause });
  return done;
}

/**
 * Stores the intent. The limit of live attempts is checked in the same transaction: since the interruption, another agent
 * may have taken the slot.
 */
function storeIntent(task: ResumeTask, prompt: string): WorkResult {
  const { context, sessionId } = task;
  const { agentId, attempt, round, runtime } = task.effect;
  const about = { agentId, attempt, round };
  const followUpId = context.ids.followUp();
  const refusal: { failure: Failure | null } = { failure: null };
  const result = context.journal.append(
    sessionId,
    [{ type: 'FollowUpIntended', ...about, followUpId, purpose: 'resume', prompt }],
    (facts) => {
      refusal.failure = limitReached(context, locationOf(runtime), facts, 'continues');
      return refusal.failure?.code ?? (facts.epoch === context.journal.epoch ? null : 'epoch');
    },
  );
  if (result.ok) return done;
  const { failure } = refusal;
  if (failure !== null && !isKnownToWait(stateOf(task), agentId, failure))
    record(task, { type: 'LaunchDeferred', ...about, reason: 'concurrency', failure });
  // The supervisor retries whenever a slot becomes free; this is only a safety net.
  return retryAt(context.clock.now() + 30_000);
}

/** Whether the user has resumed the session since the turn was interrupted. */
function wasResumedSince({ context, sessionId, effect }: ResumeTask): boolean {
  const newest = context.journal.sessionEvents(sessionId, {
    limit: 1_000,
    types: ['RunEnded', 'SessionResumed'],
    newestFirst: true,
  });
  for (const { event } of newest) {
    if (event.type === 'SessionResumed') return true;
    if (event.type === 'RunEnded' && event.turnId === effect.turnId) return false;
  }
  return false;
}

type InterruptedTurn = {
  readonly agent: AgentState;
  readonly attempt: Attempt;
  readonly turn: Turn;
};

function interruptedTurn(task: ResumeTask): InterruptedTurn | null {
  const agent = agentOf(stateOf(task), task.effect.agentId);
  const attempt = agent === undefined ? undefined : attemptOf(agent, task.effect.attempt);
  const turn = attempt?.turns.find(({ id }) => id === task.effect.turnId);
  if (agent === undefined || attempt === undefined || turn === undefined) return null;
  return { agent, attempt, turn };
}
