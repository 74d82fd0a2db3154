import { decide } from '../../session/decide.ts';
import { type Command, commandKey } from '../../session/effects.ts';
import type { LifecycleEvent } from '../../session/events.ts';
import type { SessionId } from '../../session/ids.ts';
import { agentOf } from '../../session/select.ts';
import type { SessionState } from '../../session/state.ts';
import type { EngineContext } from '../context.ts';
import { carryOut, type SlowCommand } from '../handlers/execute.ts';
import type { WorkResult } from '../handlers/handler.ts';
import { knownSession } from '../known-session.ts';
import { InternalErrors } from './internal-errors.ts';

/** One command in hand: being carried out, or waiting for its next try. */
type Job = {
  readonly kind: Command['kind'];
  readonly controller: AbortController;
  /** Set while the job waits; waking it starts the next try at once. */
  nap: AbortController | null;
};

/** Longest chain of events that follow from each other without any answer from outside. */
const MAX_RECORD_ROUNDS = 10_000;
const BUG_DELAY_MS = 30_000;
const LONGEST_BUG_DELAY_MS = 10 * 60_000;
const FOREIGN_DELAY_MS = 60_000;
const STOP_PATIENCE_MS = 500;
const STUCK_DELAY_MS = 1_000;

/**
 * Keeps what is being done in step with what `decide` asks for, session by session. It works by level: whatever
 * happens, it looks at the state again and starts what is missing, so that a lost or repeated nudge does no harm.
 */
export class Supervisor {
  readonly #context: EngineContext;
  readonly #mayWork: (state: SessionState) => boolean;
  readonly #jobs = new Map<SessionId, Map<string, Job>>();
  readonly #nudged = new Set<SessionId>();
  readonly #running = new Set<Promise<void>>();
  readonly #inheritedUpTo: number;
  /** Keys of the work that this process has tried. */
  readonly #tried = new Set<string>();
  /** How often in a row a session could not even be looked at. */
  readonly #stumbles = new Map<SessionId, number>();
  #isStopped = false;

  /** `mayWork`: whether a session belongs to the backend and the account in use now. */
  constructor(context: EngineContext, mayWork: (state: SessionState) => boolean) {
    this.#context = context;
    this.#mayWork = mayWork;
    // A position and no time: clocks are set.
    this.#inheritedUpTo = context.journal.lastPosition;
  }

  /** Looks at these sessions again, soon. */
  nudge(...sessionIds: readonly SessionId[]): void {
    if (this.#isStopped) return;
    if (this.#nudged.size === 0 && sessionIds.length > 0) queueMicrotask(() => this.#drain());
    for (const id of sessionIds) this.#nudged.add(id);
  }

  /** Starts the next try of everything that waits: the network is back, a key was changed, a place is free. */
  hurry(kinds?: ReadonlySet<Command['kind']>): void {
    for (const jobs of this.#jobs.values()) {
      for (const job of jobs.values()) {
        if (kinds === undefined || kinds.has(job.kind)) job.nap?.abort();
      }
    }
  }

  /** What is being carried out at this moment, and not waiting for its next try. */
  get kindsInHand(): readonly Command['kind'][] {
    const jobs = [...this.#jobs.values()].flatMap((each) => [...each.values()]);
    return jobs.filter(({ nap }) => nap === null).map(({ kind }) => kind);
  }

  /** How many commands are in hand, for tests and for the doctor. */
  get jobCount(): number {
    return [...this.#jobs.values()].reduce((sum, jobs) => sum + jobs.size, 0);
  }

  /**
   * Calls everything off. A call to Cursor that is on its way is not waited for: its answer no longer counts here,
   * and what it did is found again at the next start.
   */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const jobs of this.#jobs.values()) {
      for (const job of jobs.values()) job.controller.abort();
    }
    const patience = this.#context.clock.sleep(STOP_PATIENCE_MS);
    await Promise.race([Promise.allSettled(this.#running), patience]);
  }

  #drain(): void {
    const nudged = [...this.#nudged];
    this.#nudged.clear();
    for (const id of nudged) {
      try {
        this.#reconcile(id);
        this.#stumbles.delete(id);
      } catch (error) {
        this.#failSafely(id, error);
      }
    }
  }

  #reconcile(sessionId: SessionId): void {
    if (this.#isStopped) return;
    const wanted = new Map<string, SlowCommand>();
    for (const command of this.#recordWhatFollows(sessionId)) {
      if (command.kind !== 'record') wanted.set(commandKey(command), command);
    }
    const jobs = this.#jobs.get(sessionId) ?? new Map<string, Job>();
    this.#jobs.set(sessionId, jobs);
    for (const [key, job] of jobs) {
      const command = wanted.get(key);
      if (command === undefined) job.controller.abort();
      // The same work is wanted in another way (a launch that is to be cancelled): its next try is due now.
      else if (command.kind !== job.kind) job.nap?.abort();
    }
    for (const [key, command] of wanted) {
      if (!jobs.has(key)) this.#start(sessionId, jobs, key, command);
    }
    if (jobs.size === 0) this.#jobs.delete(sessionId);
  }

  /** Stores the events that follow from the state alone, until none is left, and returns what else is asked for. */
  #recordWhatFollows(sessionId: SessionId): Command[] {
    const { journal } = this.#context;
    for (let round = 0; round < MAX_RECORD_ROUNDS; round += 1) {
      const commands = decide(journal.state(sessionId));
      const events: LifecycleEvent[] = [];
      for (const command of commands) if (command.kind === 'record') events.push(command.event);
      if (events.length === 0) return commands;
      journal.append(sessionId, events);
    }
    throw new Error(`The events of session ${sessionId} follow from each other without end`);
  }

  #start(sessionId: SessionId, jobs: Map<string, Job>, key: string, command: SlowCommand): void {
    const job: Job = { kind: command.kind, controller: new AbortController(), nap: null };
    jobs.set(key, job);
    const run = this.#work(sessionId, key, command, job)
      // The journal could not even be read: the next look finds the work still wanted.
      .catch((error: unknown) => this.#failSafely(sessionId, error))
      .finally(() => {
        jobs.delete(key);
        if (jobs.size === 0 && this.#jobs.get(sessionId) === jobs) this.#jobs.delete(sessionId);
        this.#running.delete(run);
        this.nudge(sessionId);
      });
    this.#running.add(run);
  }

  /** Tries a command until it is done, no longer wanted, or wanted in another way. */
  async #work(sessionId: SessionId, key: string, command: SlowCommand, job: Job): Promise<void> {
    const { signal } = job.controller;
    // A new attempt costs money: a place that becomes free is no reason to begin it before its time.
    const isFixed = command.kind === 'intend-launch';
    await this.#nap(job, this.#dueAt(sessionId, command), isFixed);
    const bugs = new InternalErrors(this.#context, sessionId, command);
    for (let failures = 0; !signal.aborted; failures += 1) {
      if (this.#wantedKind(sessionId, key) !== command.kind) return;
      const result = await this.#try({ sessionId, key, command, failures, signal, bugs });
      if (signal.aborted) return;
      const isStuck = result.kind === 'done' && this.#wantedKind(sessionId, key) === command.kind;
      if (result.kind === 'done' && !isStuck) return;
      await this.#nap(job, result.kind === 'again' ? result.at : this.#later());
    }
  }

  async #try(attempt: {
    readonly sessionId: SessionId;
    readonly key: string;
    readonly command: SlowCommand;
    readonly failures: number;
    readonly signal: AbortSignal;
    readonly bugs: InternalErrors;
  }): Promise<WorkResult> {
    const { sessionId, key, command, failures, signal, bugs } = attempt;
    const context = this.#context;
    if (!this.#mayWork(knownSession(context.journal, sessionId))) {
      return { kind: 'again', at: context.clock.now() + FOREIGN_DELAY_MS };
    }
    const id = `${sessionId} ${key}`;
    const wasTried = this.#tried.has(id);
    this.#tried.add(id);
    const inheritedUpTo = this.#inheritedUpTo;
    try {
      const result = await carryOut({
        context,
        sessionId,
        command,
        failures,
        signal,
        wasTried,
        inheritedUpTo,
      });
      bugs.forget();
      return result;
    } catch (error) {
      return signal.aborted ? { kind: 'done' } : bugs.note(error);
    }
  }

  #wantedKind(sessionId: SessionId, key: string): Command['kind'] | undefined {
    const state = this.#context.journal.state(sessionId);
    return decide(state).find((command) => commandKey(command) === key)?.kind;
  }

  /** Done, and still asked for: a step that changed nothing must not be repeated without a pause. */
  #later(): number {
    return this.#context.clock.now() + STUCK_DELAY_MS;
  }

  /** When a stored wait is over. A clock that was set back meanwhile must not make it longer than it was meant to be. */
  #dueAt(sessionId: SessionId, command: SlowCommand): number | null {
    if (!('notBefore' in command) || command.notBefore === null) return null;
    const now = this.#context.clock.now();
    const state = this.#context.journal.state(sessionId);
    const agent = state === undefined ? undefined : agentOf(state, command.agentId);
    const meantMs = Math.max(0, command.notBefore - (agent?.changedAt ?? now));
    return Math.min(command.notBefore, now + meantMs);
  }

  async #nap(job: Job, until: number | null, isFixed = false): Promise<void> {
    const ms = (until ?? 0) - this.#context.clock.now();
    if (until === null || ms <= 0) return;
    const nap = new AbortController();
    if (!isFixed) job.nap = nap;
    await this.#context.clock.sleep(ms, AbortSignal.any([job.controller.signal, nap.signal]));
    job.nap = null;
  }

  /** A disk that refuses, or a bug: nothing is planned for this session now, and it is looked at again later. */
  #failSafely(sessionId: SessionId, error: unknown): void {
    const { clock, log } = this.#context;
    const stumbles = this.#stumbles.get(sessionId) ?? 0;
    this.#stumbles.set(sessionId, stumbles + 1);
    log.error({ err: error, sessionId }, 'A session could not be carried on');
    const delay = Math.min(BUG_DELAY_MS * 2 ** stumbles, LONGEST_BUG_DELAY_MS);
    void clock.sleep(delay).then(() => this.nudge(sessionId));
  }
}
