import { JournalFailure } from '../../journal/disk-trouble.ts';
import { backoffBound, internalErrorBackoff } from '../../lib/backoff.ts';
import type { Failure, LifecycleEvent } from '../../session/events.ts';
import type { SessionId } from '../../session/ids.ts';
import type { EngineContext } from '../context.ts';
import type { SlowEffect } from '../handlers/execute.ts';
import { retryAt, type WorkResult } from '../handlers/handler.ts';

/** The first error may be transient; from the second one on, the user sees it. */
const REPORT_AFTER = 2;
/** After this many errors in a row, the effect is given up. Agents at work are still followed. */
const GIVE_UP_AFTER = 5;

/**
 * Unexpected errors of one task, that is, bugs in Cerevisor. A recurring error is shown on the agent with a stable code
 * and is bounded: it must neither be repeated forever nor leave a session waiting without a reason.
 */
export class InternalErrors {
  readonly #context: EngineContext;
  readonly #sessionId: SessionId;
  readonly #effect: SlowEffect;
  #count = 0;

  constructor(context: EngineContext, sessionId: SessionId, effect: SlowEffect) {
    this.#context = context;
    this.#sessionId = sessionId;
    this.#effect = effect;
  }

  /** Call after a successful try. */
  reset(): void {
    this.#count = 0;
  }

  /** Logs an error and returns when to retry. A disk failure is not a bug; it is reported elsewhere. */
  handle(error: unknown): WorkResult {
    const { clock, log } = this.#context;
    const effect = this.#effect.kind;
    log.error({ err: error, sessionId: this.#sessionId, effect }, 'Work was stopped by an error');
    if (error instanceof JournalFailure) return retryAt(clock.now() + internalErrorBackoff.baseMs);
    this.#count += 1;
    if (this.#count >= REPORT_AFTER) this.#report(failureOf(error));
    const delay = backoffBound(internalErrorBackoff, this.#count);
    return retryAt(clock.now() + delay);
  }

  #report(failure: Failure): void {
    const isOver = this.#count >= GIVE_UP_AFTER;
    const event = isOver ? giveUpEvent(this.#effect, failure) : errorEvent(this.#effect, failure);
    try {
      this.#context.journal.append(this.#sessionId, [event]);
    } catch (error) {
      this.#context.log.error(
        { err: error, sessionId: this.#sessionId },
        'The error could not be recorded',
      );
    }
  }
}

function failureOf(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: 'internal_error',
    message: `Internal error in Cerevisor: ${message.slice(0, 300)}`,
    suggestion: 'See daemon.log in the home folder, and report it. Reconnect to try again at once.',
  };
}

function errorEvent({ agentId, attempt }: SlowEffect, failure: Failure): LifecycleEvent {
  const reason = failure.message;
  return { type: 'ConnectionChanged', agentId, attempt, connection: 'unknown', reason, failure };
}

/** The event that ends an effect that cannot be carried out. */
function giveUpEvent(effect: SlowEffect, failure: Failure): LifecycleEvent {
  const { agentId, attempt, round } = effect;
  const about = { agentId, attempt } as const;
  switch (effect.kind) {
    case 'intend-launch':
    case 'schedule-retry':
      return { type: 'AgentSettled', agentId, round, outcome: 'failed', cause: failure };
    case 'hand-off':
    case 'intend-resume':
      return { type: 'AgentSettled', ...about, round, outcome: 'failed', cause: failure };
    case 'launch':
    case 'resolve-launch':
      return { type: 'LaunchRejected', ...about, round, failure };
    case 'intend-follow-up':
    case 'read-edits':
      return { type: 'AgentSettled', ...about, round, outcome: 'failed', cause: failure };
    case 'send-follow-up':
      return { type: 'FollowUpRejected', ...about, followUpId: effect.followUpId, failure };
    case 'cancel-run':
      return { type: 'CancelUnconfirmed', ...about, failure };
    case 'collect-artifacts':
      return { type: 'ArtifactsReported', ...about, state: 'unavailable', artifacts: [], failure };
    case 'report-usage': {
      const { turnId } = effect;
      return { type: 'UsageReported', ...about, turnId, state: 'unavailable' };
    }
    case 'check-end': {
      const { turnId } = effect;
      return { type: 'EndChecked', ...about, turnId, status: 'RUNNING', branches: [] };
    }
    case 'record-base':
      return { type: 'CommitsRecorded', ...about, moment: 'base', commits: [] };
    case 'answer-request':
    case 'follow':
      // These are never given up, only retried slowly.
      return errorEvent(effect, failure);
    default:
      return effect satisfies never;
  }
}
