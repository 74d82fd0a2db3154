import { backoffBound, internalErrorBackoff } from '../../lib/backoff.ts';
import { decide } from '../../session/decide.ts';
import { type Effect, effectKey } from '../../session/effects.ts';
import type { LifecycleEvent } from '../../session/events.ts';
import type { SessionId } from '../../session/ids.ts';
import { agentOf } from '../../session/select.ts';
import type { SessionState } from '../../session/state.ts';
import type { EngineContext } from '../context.ts';
import { execute, type SlowEffect } from '../handlers/execute.ts';
import { retryAt, type WorkResult } from '../handlers/handler.ts';
import { requireSession } from '../require-session.ts';
import { InternalErrors } from './internal-errors.ts';

/** An effect that is being carried out or waits for its next try. */
type Job = {
  readonly kind: Effect['kind'];
  readonly controller: AbortController;
  /** Set while the job waits; aborting it starts the next try at once. */
  backoffTimer: AbortController | null;
};

/** Maximum chain of derived events, to detect endless ones. */
const MAX_RECORD_ROUNDS = 10_000;
const NOT_OWNED_DELAY_MS = 60_000;
const STOP_TIMEOUT_MS = 500;
const STUCK_DELAY_MS = 1_000;

/**
 * Keeps the work in progress of each session in line with `decide`. It is level-triggered: on every event, it compares the
 * effects with the running jobs, so a lost or repeated call of `enqueue` does no harm.
 */
export class Supervisor {
  readonly #context: EngineContext;
  readonly #mayWork: (state: SessionState, effect: Effect) => boolean;
  readonly #jobs = new Map<SessionId, Map<string, Job>>();
  readonly #queued = new Set<SessionId>();
  readonly #running = new Set<Promise<void>>();
  readonly #inheritedUpTo: number;
  /** Keys of the work that this process has tried. */
  readonly #tried = new Set<string>();
  /** How often in a row a session could not be reconciled. */
  readonly #failedReconciles = new Map<SessionId, number>();
  #isStopped = false;

  /** `mayWork`: whether the current backend and account are the ones that an effect needs. */
  constructor(context: EngineContext, mayWork: (state: SessionState, effect: Effect) => boolean) {
    this.#context = context;
    this.#mayWork = mayWork;
    // A position instead of a time, because clocks can be changed.
    this.#inheritedUpTo = context.journal.lastPosition;
  }

  /** Reconciles these sessions soon. */
  enqueue(...sessionIds: readonly SessionId[]): void {
    if (this.#isStopped) return;
    if (this.#queued.size === 0 && sessionIds.length > 0) queueMicrotask(() => this.#drain());
    for (const id of sessionIds) this.#queued.add(id);
  }

  /** Starts the next try of everything that waits: the network is back, a key was changed, a slot is free. */
  runNow(kinds?: ReadonlySet<Effect['kind']>): void {
    for (const jobs of this.#jobs.values()) {
      for (const job of jobs.values()) {
        if (kinds === undefined || kinds.has(job.kind)) job.backoffTimer?.abort();
      }
    }
  }

  /** The effects that are being carried out now, without those that wait for their next try. */
  get runningKinds(): readonly Effect['kind'][] {
    const jobs = [...this.#jobs.values()].flatMap((each) => [...each.values()]);
    return jobs.filter(({ backoffTimer }) => backoffTimer === null).map(({ kind }) => kind);
  }

  /** The number of jobs, for tests and for the doctor. */
  get jobCount(): number {
    return [...this.#jobs.values()].reduce((sum, jobs) => sum + jobs.size, 0);
  }

  /**
   * Aborts all jobs. Requests in flight are not awaited for long: their responses are ignored, and their results are found
   * at the next start.
   */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const jobs of this.#jobs.values()) {
      for (const job of jobs.values()) job.controller.abort();
    }
    const timeout = this.#context.clock.sleep(STOP_TIMEOUT_MS);
    await Promise.race([Promise.allSettled(this.#running), timeout]);
  }

  #drain(): void {
    const queued = [...this.#queued];
    this.#queued.clear();
    for (const id of queued) {
      try {
        this.#reconcile(id);
        this.#failedReconciles.delete(id);
      } catch (error) {
        this.#failSafely(id, error);
      }
    }
  }

  #reconcile(sessionId: SessionId): void {
    if (this.#isStopped) return;
    const requested = new Map<string, SlowEffect>();
    for (const effect of this.#recordDerivedEvents(sessionId)) {
      if (effect.kind !== 'record') requested.set(effectKey(effect), effect);
    }
    const jobs = this.#jobs.get(sessionId) ?? new Map<string, Job>();
    this.#jobs.set(sessionId, jobs);
    for (const [key, job] of jobs) {
      const effect = requested.get(key);
      if (effect === undefined) job.controller.abort();
      // The same work is requested in another way, such as a launch that is now cancelled: start its next try now.
      else if (effect.kind !== job.kind) job.backoffTimer?.abort();
    }
    for (const [key, effect] of requested) {
      if (!jobs.has(key)) this.#start(sessionId, jobs, key, effect);
    }
    if (jobs.size === 0) this.#jobs.delete(sessionId);
  }

  /** Stores the events that follow from the state until none is left, and returns the other effects. */
  #recordDerivedEvents(sessionId: SessionId): Effect[] {
    const { journal } = this.#context;
    for (let round = 0; round < MAX_RECORD_ROUNDS; round += 1) {
      const effects = decide(journal.state(sessionId));
      const events: LifecycleEvent[] = [];
      for (const effect of effects) if (effect.kind === 'record') events.push(effect.event);
      if (events.length === 0) return effects;
      journal.append(sessionId, events);
    }
    throw new Error(`The events of session ${sessionId} trigger each other endlessly`);
  }

  #start(sessionId: SessionId, jobs: Map<string, Job>, key: string, effect: SlowEffect): void {
    const job: Job = { kind: effect.kind, controller: new AbortController(), backoffTimer: null };
    jobs.set(key, job);
    const turn = this.#work(sessionId, key, effect, job)
      // The journal could not be read: the next reconciliation requests the work again.
      .catch((error: unknown) => this.#failSafely(sessionId, error))
      .finally(() => {
        jobs.delete(key);
        if (jobs.size === 0 && this.#jobs.get(sessionId) === jobs) this.#jobs.delete(sessionId);
        this.#running.delete(turn);
        this.enqueue(sessionId);
      });
    this.#running.add(turn);
  }

  /** Tries an effect until it is done, no longer requested, or requested in another way. */
  async #work(sessionId: SessionId, key: string, effect: SlowEffect, job: Job): Promise<void> {
    const { signal } = job.controller;
    // A retry waits for its full delay, even if a slot becomes free.
    const isFixed = effect.kind === 'intend-launch';
    await this.#backOff(job, this.#dueAt(sessionId, effect), isFixed);
    const internalErrors = new InternalErrors(this.#context, sessionId, effect);
    for (let failures = 0; !signal.aborted; failures += 1) {
      if (this.#requestedKind(sessionId, key) !== effect.kind) return;
      const result = await this.#try({ sessionId, key, effect, failures, signal, internalErrors });
      if (signal.aborted) return;
      const isStuck = result.kind === 'done' && this.#requestedKind(sessionId, key) === effect.kind;
      if (result.kind === 'done' && !isStuck) return;
      await this.#backOff(job, result.kind === 'retry' ? result.at : this.#stuckRetryAt());
    }
  }

  async #try(attempt: {
    readonly sessionId: SessionId;
    readonly key: string;
    readonly effect: SlowEffect;
    readonly failures: number;
    readonly signal: AbortSignal;
    readonly internalErrors: InternalErrors;
  }): Promise<WorkResult> {
    const { sessionId, key, effect, failures, signal, internalErrors } = attempt;
    const context = this.#context;
    if (!this.#mayWork(requireSession(context.journal, sessionId), effect)) {
      return retryAt(context.clock.now() + NOT_OWNED_DELAY_MS);
    }
    const id = `${sessionId} ${key}`;
    const wasTried = this.#tried.has(id);
    this.#tried.add(id);
    const inheritedUpTo = this.#inheritedUpTo;
    try {
      const result = await execute({
        context,
        sessionId,
        effect,
        failures,
        signal,
        wasTried,
        inheritedUpTo,
      });
      internalErrors.reset();
      return result;
    } catch (error) {
      return signal.aborted ? { kind: 'done' } : internalErrors.handle(error);
    }
  }

  #requestedKind(sessionId: SessionId, key: string): Effect['kind'] | undefined {
    const state = this.#context.journal.state(sessionId);
    return decide(state).find((effect) => effectKey(effect) === key)?.kind;
  }

  /** The next try of an effect that is done but still requested, so that it is not repeated without a pause. */
  #stuckRetryAt(): number {
    return this.#context.clock.now() + STUCK_DELAY_MS;
  }

  /** When a stored delay is over. If the clock was set back, the delay does not become longer. */
  #dueAt(sessionId: SessionId, effect: SlowEffect): number | null {
    if (!('notBefore' in effect) || effect.notBefore === null) return null;
    const now = this.#context.clock.now();
    const state = this.#context.journal.state(sessionId);
    const agent = state === undefined ? undefined : agentOf(state, effect.agentId);
    const delayMs = Math.max(0, effect.notBefore - (agent?.changedAt ?? now));
    return Math.min(effect.notBefore, now + delayMs);
  }

  async #backOff(job: Job, until: number | null, isFixed = false): Promise<void> {
    const ms = (until ?? 0) - this.#context.clock.now();
    if (until === null || ms <= 0) return;
    const backoffTimer = new AbortController();
    if (!isFixed) job.backoffTimer = backoffTimer;
    await this.#context.clock.sleep(
      ms,
      AbortSignal.any([job.controller.signal, backoffTimer.signal]),
    );
    job.backoffTimer = null;
  }

  /** Reconciles the session again later, after a disk failure or a bug. */
  #failSafely(sessionId: SessionId, error: unknown): void {
    const { clock, log } = this.#context;
    const failures = this.#failedReconciles.get(sessionId) ?? 0;
    this.#failedReconciles.set(sessionId, failures + 1);
    log.error({ err: error, sessionId }, 'A session could not be continued');
    const delay = backoffBound(internalErrorBackoff, failures + 1);
    void clock.sleep(delay).then(() => this.enqueue(sessionId));
  }
}
