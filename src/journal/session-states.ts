import type { LifecycleEvent } from '../session/events.ts';
import type { SessionId } from '../session/ids.ts';
import type { AttemptTable } from './attempt-table.ts';
import type { EventReader } from './event-reader.ts';
import type { SessionCounter } from './event-writer.ts';
import type { Quarantine } from './quarantine.ts';
import type { SessionTable } from './session-table.ts';
import type { StreamTable } from './stream-table.ts';
import type { AttemptRow, Projection } from './types.ts';

/** A session in memory. `state` is read when it is first asked for: frames need the numbers alone. */
type Entry<State> = SessionCounter & { state?: { readonly value: State | undefined } };

const MAXIMUM_CACHED = 500;
const PAGE = 1000;

/** Folded states: in memory for the sessions in use, and in the tables that are derived from them. */
export class SessionStates<State> {
  readonly #entries = new Map<SessionId, Entry<State>>();
  readonly #sessions: SessionTable;
  readonly #attempts: AttemptTable;
  readonly #streams: StreamTable;
  readonly #projection: Projection<State>;

  constructor(
    tables: { sessions: SessionTable; attempts: AttemptTable; streams: StreamTable },
    projection: Projection<State>,
  ) {
    this.#sessions = tables.sessions;
    this.#attempts = tables.attempts;
    this.#streams = tables.streams;
    this.#projection = projection;
  }

  /** The counter of a known session, or null. */
  counter(id: SessionId): SessionCounter | null {
    return this.#entry(id);
  }

  state(id: SessionId): State | undefined {
    const entry = this.#entry(id);
    if (entry === null) return undefined;
    // What the projection of this version stored: those of another were folded again when the journal opened.
    entry.state ??= { value: this.#sessions.state(entry.number) as State | undefined };
    return entry.state.value;
  }

  /** Folds events into a session, new or known, and writes its rows. Call it inside a transaction. */
  evolve(id: SessionId, events: readonly LifecycleEvent[], at: number): SessionCounter {
    let state = this.state(id);
    for (const event of events) state = this.#projection.evolve(state, event, at, id);
    if (state === undefined) throw new Error(`Session ${id} has not begun`);
    const number = this.#sessions.write(id, this.#projection.row(state), this.#projection.version);
    this.#writeRuns(number, this.#projection.attempts(state));
    const entry: Entry<State> = this.#entries.get(id) ?? { number, nextSeq: 1 };
    entry.state = { value: state };
    this.#remember(id, entry);
    return entry;
  }

  /** Folds the sessions whose state is of another version again. Call it inside a transaction. */
  refoldOutdated(reader: EventReader, quarantine: Quarantine): void {
    for (const id of this.#sessions.ofOtherVersion(this.#projection.version)) {
      this.#refold(id, reader, quarantine);
    }
    this.resetAfterRollback();
  }

  /** After a rollback: what is in memory may never have been stored. */
  resetAfterRollback(): void {
    this.#entries.clear();
  }

  #refold(id: SessionId, reader: EventReader, quarantine: Quarantine): void {
    let state: State | undefined;
    let after = 0;
    for (;;) {
      const page = reader.readLifecycle(id, after, PAGE);
      for (const { event, at, position } of page) {
        try {
          state = this.#projection.evolve(state, event, at, id);
        } catch (error) {
          // An event that today's rules cannot take must not keep every other session from opening.
          quarantine.add(position, `cannot be folded: ${String(error)}`);
        }
      }
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) break;
      after = last.seq;
    }
    // Nothing could be read: the row stays as it was, and quarantine says why.
    if (state === undefined) return;
    const number = this.#sessions.write(id, this.#projection.row(state), this.#projection.version);
    this.#attempts.clear(number);
    this.#writeRuns(number, this.#projection.attempts(state));
  }

  #writeRuns(number: number, runs: readonly AttemptRow[]): void {
    this.#attempts.write(number, runs);
    for (const { agentId, attempt, latestTurnId } of runs) {
      if (latestTurnId === null) continue;
      this.#streams.register(number, { agentId, attempt, turnId: latestTurnId });
    }
  }

  #entry(id: SessionId): Entry<State> | null {
    const cached = this.#entries.get(id);
    if (cached !== undefined) return cached;
    const found = this.#sessions.find(id);
    if (found === null) return null;
    const entry = { number: found.number, nextSeq: found.lastSeq + 1 };
    this.#remember(id, entry);
    return entry;
  }

  #remember(id: SessionId, entry: Entry<State>): void {
    if (this.#entries.size >= MAXIMUM_CACHED && !this.#entries.has(id)) {
      const [oldest] = this.#entries.keys();
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    this.#entries.set(id, entry);
  }
}
