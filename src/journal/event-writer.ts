import type { DatabaseSync } from 'node:sqlite';
import { versionOf } from '../session/events/upcasters.ts';
import type { LifecycleEvent } from '../session/events.ts';
import type { SessionId } from '../session/ids.ts';
import type { RawItem } from '../transcript/item.ts';
import { prepareQuery } from './database.ts';
import { encodeEvent, itemEvent } from './event-codec.ts';
import type { Batch } from './item-buffer.ts';
import type { PackTable } from './packs/pack-table.ts';
import type { Stream } from './stream-table.ts';
import type { StoredEvent } from './types.ts';

/** A session as the writer needs it: its number and the next `seq`. */
export type SessionCounter = { readonly number: number; nextSeq: number };

/** Inserts and numbers events. A number is used only if the event was actually inserted. */
export class EventWriter {
  readonly #packs: PackTable;
  readonly #insertItem;
  readonly #insertEvent;
  readonly #hasFrame;
  readonly #last;
  #nextPosition: number;

  constructor(database: DatabaseSync, packs: PackTable) {
    this.#packs = packs;
    const columns = `position, session, seq, at, type, agent_id, attempt, version`;
    this.#insertItem = database.prepare(
      `INSERT INTO events (${columns}, stream, event_id, event_name, payload)
       VALUES (?, ?, ?, ?, 'TranscriptItem', ?, ?, ${versionOf('TranscriptItem')}, ?, ?, ?, ?)
       ON CONFLICT (stream, event_id, event_name) WHERE event_id IS NOT NULL DO NOTHING`,
    );
    this.#insertEvent = database.prepare(
      `INSERT INTO events (${columns}, payload) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#hasFrame = prepareQuery<{ found: number }>(
      database,
      'SELECT 1 AS found FROM events WHERE stream = ? AND event_id = ? AND event_name = ?',
    );
    this.#last = prepareQuery<{ position: number | null }>(
      database,
      `SELECT max(position) AS position FROM (
         SELECT max(position) AS position FROM events UNION ALL SELECT max(last_position) FROM packs)`,
    );
    this.#nextPosition = this.#readLastPosition() + 1;
  }

  get lastPosition(): number {
    return this.#nextPosition - 1;
  }

  /** Call it after a rollback: the numbers since the last commit are available again. */
  resetAfterRollback(): void {
    this.#nextPosition = this.#readLastPosition() + 1;
  }

  #readLastPosition(): number {
    return this.#last.get()?.position ?? 0;
  }

  /** Inserts the items of a batch that are not stored yet, and adds them to `stored`. */
  writeItems(
    session: SessionCounter,
    stream: Stream,
    batch: Batch,
    stored: StoredEvent[] | null,
  ): void {
    const { sessionId, agentId, attempt, at } = batch;
    for (const item of batch.items) {
      if (this.#wasStoredElsewhere(stream, item)) continue;
      const id = item.id ?? null;
      const position = this.#nextPosition;
      const seq = session.nextSeq;
      const { changes } = this.#insertItem.run(
        position,
        session.number,
        seq,
        at,
        agentId,
        attempt,
        stream.number,
        id,
        item.kind,
        item.dataText,
      );
      if (changes === 0) continue;
      this.#nextPosition += 1;
      session.nextSeq += 1;
      if (stored === null) continue;
      const { kind: name, dataText } = item;
      const event = itemEvent(batch, { type: 'TranscriptItem', name, id, payload: dataText });
      stored.push({ position, seq, sessionId, at, event, dataText });
    }
    stream.lastHeartbeatAt = Math.max(stream.lastHeartbeatAt ?? 0, at);
    if (batch.cursor !== undefined) stream.cursor = batch.cursor;
  }

  /** Whether an item is stored in a pack, or as a frame of an earlier version. */
  #wasStoredElsewhere(stream: Stream, { id, kind }: RawItem): boolean {
    if (id === undefined || !(stream.hasPacks || stream.hasFrames)) return false;
    const names = [kind, ...(stream.hasFrames ? (frameNames[kind] ?? []) : [])];
    return names.some(
      (name) =>
        (stream.hasPacks && this.#packs.has(stream.number, id, name)) ||
        this.#hasFrame.get(stream.number, id, name) !== undefined,
    );
  }

  writeEvent(
    sessionId: SessionId,
    session: SessionCounter,
    at: number,
    event: LifecycleEvent,
  ): StoredEvent<LifecycleEvent> {
    const position = this.#nextPosition;
    const seq = session.nextSeq;
    this.#insertEvent.run(
      position,
      session.number,
      seq,
      at,
      event.type,
      'agentId' in event ? (event.agentId ?? null) : null,
      'attempt' in event ? (event.attempt ?? null) : null,
      versionOf(event.type),
      encodeEvent(event),
    );
    this.#nextPosition += 1;
    session.nextSeq += 1;
    return { position, seq, sessionId, at, event };
  }
}

/** The frame names of the first version for each kind of item. */
const frameNames: Partial<Record<RawItem['kind'], readonly string[]>> = {
  text: ['assistant', 'interaction_update'],
  thinking: ['interaction_update'],
  'tool-call': ['tool_call', 'interaction_update'],
  usage: ['interaction_update'],
  other: ['interaction_update'],
};
