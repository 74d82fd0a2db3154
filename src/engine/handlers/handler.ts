import type { LifecycleEvent } from '../../session/events.ts';
import type { SessionId } from '../../session/ids.ts';
import type { SessionState } from '../../session/state.ts';
import type { EngineContext } from '../context.ts';
import { requireSession } from '../require-session.ts';

/** The input of a handler: the session, its effect, the failed tries so far, and a signal that aborts it. */
export type Task<Effect> = {
  readonly context: EngineContext;
  readonly sessionId: SessionId;
  readonly effect: Effect;
  /** Failed tries so far; 0 at the first try. */
  readonly failures: number;
  readonly signal: AbortSignal;
  /** This process has tried the effect before, perhaps in a cancelled job. */
  readonly wasTried: boolean;
  /** Events up to this position were stored by earlier processes, which may have started their effects. */
  readonly inheritedUpTo: number;
};

/** The parts of a task that storing events needs. */
export type Recorder = Pick<Task<unknown>, 'context' | 'sessionId' | 'signal'>;

/** `done`: the results are in the journal. `retry`: try again, not before this time. */
export type WorkResult =
  | { readonly kind: 'done' }
  | { readonly kind: 'retry'; readonly at: number };

export const done: WorkResult = { kind: 'done' };

/** Another try, not before `at` (milliseconds since the epoch). */
export const retryAt = (at: number): WorkResult => ({ kind: 'retry', at });

/** The newest state. Handlers read it again after every await, because it may have changed. */
export function stateOf(task: Pick<Recorder, 'context' | 'sessionId'>): SessionState {
  return requireSession(task.context.journal, task.sessionId);
}

/** Stores events, unless the task was aborted. */
export function record(task: Recorder, ...events: LifecycleEvent[]): void {
  if (task.signal.aborted) return;
  task.context.journal.append(task.sessionId, events);
}
