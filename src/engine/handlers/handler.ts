import type { LifecycleEvent } from '../../session/events.ts';
import type { SessionId } from '../../session/ids.ts';
import type { SessionState } from '../../session/state.ts';
import type { EngineContext } from '../context.ts';
import { requireSession } from '../require-session.ts';

/** What a piece of work sees: the session, how often it was tried since it last got on, and how to be stopped. */
export type Task<Effect> = {
  readonly context: EngineContext;
  readonly sessionId: SessionId;
  readonly effect: Effect;
  /** 0 at the first try. */
  readonly failures: number;
  readonly signal: AbortSignal;
  /** This process has tried it before, perhaps in a job that was cancelled. */
  readonly wasTried: boolean;
  /** Events up to this position were stored by earlier processes, which may have begun what follows from them. */
  readonly inheritedUpTo: number;
};

/** What it takes to store what a task found out. */
export type Recorder = Pick<Task<unknown>, 'context' | 'sessionId' | 'signal'>;

/** `done`: the results are in the journal. `retry`: try again, not before this time. */
export type WorkResult =
  | { readonly kind: 'done' }
  | { readonly kind: 'retry'; readonly at: number };

export const done: WorkResult = { kind: 'done' };

/** Another try, not before `at` (milliseconds since the epoch). */
export const retryAt = (at: number): WorkResult => ({ kind: 'retry', at });

/** The newest state. A task reads it again after every wait, because the world continued meanwhile. */
export function stateOf(task: Pick<Recorder, 'context' | 'sessionId'>): SessionState {
  return requireSession(task.context.journal, task.sessionId);
}

/** Stores events, unless the task was cancelled meanwhile: then what it found no longer counts. */
export function record(task: Recorder, ...events: LifecycleEvent[]): void {
  if (task.signal.aborted) return;
  task.context.journal.append(task.sessionId, events);
}
