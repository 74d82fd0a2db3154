import type { DatabaseSync } from 'node:sqlite';
import { AttemptTable } from './attempt-table.ts';
import { prepareQuery } from './database.ts';
import { EventReader } from './event-reader.ts';
import { EventWriter } from './event-writer.ts';
import type { ItemBuffer } from './item-buffer.ts';
import { PackTable } from './packs/pack-table.ts';
import { Packer } from './packs/packer.ts';
import { Quarantine } from './quarantine.ts';
import { SessionStates } from './session-states.ts';
import { SessionTable } from './session-table.ts';
import { type Stream, StreamTable } from './stream-table.ts';
import type { Projection, StoredEvent } from './types.ts';

/** Everything that reads and writes the database; transactions are up to the caller. */
export class Tables<State> {
  readonly sessions: SessionTable;
  readonly attempts: AttemptTable;
  readonly streams: StreamTable;
  readonly quarantine: Quarantine;
  readonly reader: EventReader;
  readonly writer: EventWriter;
  readonly states: SessionStates<State>;
  readonly #packer: Packer;
  readonly #packs: PackTable;
  readonly #epoch;
  readonly #addToEpoch;

  constructor(database: DatabaseSync, projection: Projection<State>) {
    this.sessions = new SessionTable(database);
    this.attempts = new AttemptTable(database);
    this.streams = new StreamTable(database);
    this.quarantine = new Quarantine(database);
    this.#packs = new PackTable(database, this.quarantine);
    this.#packer = new Packer(database, this.#packs, this.quarantine);
    this.reader = new EventReader(database, this.quarantine, this.#packs);
    this.writer = new EventWriter(database, this.#packs);
    this.states = new SessionStates(this, projection);
    this.#epoch = prepareQuery<{ value: number }>(
      database,
      `SELECT value FROM meta WHERE key = 'epoch'`,
    );
    this.#addToEpoch = database.prepare(`UPDATE meta SET value = value + ? WHERE key = 'epoch'`);
  }

  epoch(): number {
    return this.#epoch.get()?.value ?? 0;
  }

  /** Begins an epoch and brings the states of another version up to date. */
  begin(): number {
    this.states.refoldOutdated(this.reader, this.quarantine);
    this.#addToEpoch.run(1);
    return this.epoch();
  }

  /** Packs one stretch of a transcript that was read to its end; false when there is none left. */
  packOne(): boolean {
    const isPacked = this.#packer.packOne();
    // What is remembered of a turn says whether it has packs.
    if (isPacked) this.streams.clearCache();
    return isPacked;
  }

  get hasUnpacked(): boolean {
    return this.#packer.hasWork;
  }

  /** A write that changes nothing: does the disk take one? */
  probe(): void {
    this.#addToEpoch.run(0);
  }

  /** Writes what is buffered, in the order in which it came; what was new is added to `stored`. */
  writeBuffered(buffer: ItemBuffer, stored: StoredEvent[] | null): void {
    const touched = new Set<Stream>();
    for (const batch of buffer.batches) {
      const session = this.states.counter(batch.sessionId);
      if (session === null) throw new Error(`Session ${batch.sessionId} vanished`);
      const stream = this.streams.open(session.number, batch);
      this.writer.writeItems(session, stream, batch, stored);
      touched.add(stream);
    }
    for (const stream of touched) this.streams.write(stream);
    for (const [run, at] of buffer.heartbeats) this.streams.recordHeartbeat(run, at);
  }

  /** After a rollback: what is in memory may never have been stored. */
  resetAfterRollback(): void {
    this.states.resetAfterRollback();
    this.streams.clearCache();
    this.writer.resetAfterRollback();
    this.#packs.clearCache();
  }
}
