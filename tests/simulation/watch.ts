import { requireSession } from '../../src/engine/require-session.ts';
import type { Journal, StoredEvent } from '../../src/journal/types.ts';
import type { SessionId } from '../../src/session/ids.ts';
import { agentOf, upstreamAgents } from '../../src/session/select.ts';

/** Looks at everything while it happens, and remembers what a screen was shown. */
export class Watch {
  readonly violations = new Set<string>();
  readonly shown: StoredEvent[] = [];
  readonly #limit: number;
  readonly #live = new Set<string>();
  journal: Journal | null = null;

  constructor(limit: number) {
    this.#limit = limit;
  }

  readonly blame = (sentence: string): void => {
    this.violations.add(sentence);
  };

  readonly onCommitted = (events: readonly StoredEvent[]): void => {
    for (const event of events) {
      const last = this.shown.at(-1)?.position ?? 0;
      if (event.position !== last + 1) this.blame(`Shown ${event.position} after ${last}`);
      this.shown.push(event);
      if (event.event.type === 'LaunchIntended') this.#checkIntent(event);
      this.#checkConnection(event);
    }
    for (const id of new Set(events.map(({ sessionId }) => sessionId))) {
      const state = this.#known(id);
      if (state.isDismissed && state.phase.kind !== 'ended')
        this.blame(`${state.workflow.name} goes on although it is hidden`);
    }
  };

  readonly onLive = (runId: string, isLive: boolean): void => {
    if (isLive) this.#live.add(runId);
    else this.#live.delete(runId);
  };

  /** The daemon died: nobody reads anything. */
  onDeath(): void {
    this.#live.clear();
  }

  #known(id: SessionId) {
    if (this.journal === null) throw new Error('No journal is open');
    return requireSession(this.journal, id);
  }

  #checkConnection({ event, sessionId }: StoredEvent): void {
    if (event.type !== 'ConnectionChanged' || event.connection === 'live') return;
    const state = this.#known(sessionId);
    const run = agentOf(state, event.agentId)?.attempts[event.attempt - 1]?.turns.at(-1);
    if (run !== undefined && this.#live.has(run.id))
      this.blame(
        `${state.workflow.name} ${event.agentId} is shown as ${event.connection} while it is read`,
      );
  }

  #checkIntent({ event, sessionId }: StoredEvent): void {
    const journal = this.journal;
    if (event.type !== 'LaunchIntended' || journal === null) return;
    const state = requireSession(journal, sessionId);
    const who = `${state.workflow.name} ${event.agentId}`;
    const upstream = upstreamAgents(state, event.agentId).map(({ phase }) =>
      phase.kind !== 'settled'
        ? phase.kind
        : phase.outcome === 'skipped'
          ? (phase.cause?.code ?? 'skipped')
          : phase.outcome,
    );
    const isDecided = upstream.every((one) => one === 'completed' || one === 'not_taken');
    if (!isDecided || (upstream.length > 0 && !upstream.includes('completed')))
      this.blame(`${who} was to be launched while those before it are ${upstream.join(', ')}`);
    const live = journal.liveAttempts('cloud');
    if (live.length > this.#limit)
      this.blame(`${live.length} live attempts, ${this.#limit} allowed`);
    const own = live.filter((row) => row.sessionId === sessionId).length;
    if (own > state.maxConcurrentAgents)
      this.blame(`${own} live attempts in ${who}, ${state.maxConcurrentAgents} allowed`);
  }

  /** Nothing that costs money leaves the daemon without a stored intent, nor after a stored cancellation. */
  readonly onOrder = (kind: 'launch' | 'follow-up', threadId: string): void => {
    const row = this.journal?.attemptByThread(threadId);
    if (row == null) {
      this.blame(`A ${kind} left for ${threadId}, which the journal does not know`);
      return;
    }
    const state = this.#known(row.sessionId);
    const agent = agentOf(state, row.agentId);
    const who = `${state.workflow.name} ${row.agentId}`;
    if (agent?.cancel != null) this.blame(`A ${kind} left for ${who} after its cancellation`);
    if (agent?.attempts.length !== row.attempt)
      this.blame(`A ${kind} left for an old attempt of ${who}`);
    if (kind === 'launch' && state.phase.kind !== 'active')
      this.blame(`A launch left for ${who}, whose session is ${state.phase.kind}`);
  };
}
