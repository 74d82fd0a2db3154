import type { DatabaseSync } from 'node:sqlite';
import { EVENT_VERSION, type LifecycleEvent } from '../session/events.ts';
import type { SessionId } from '../session/ids.ts';
import { prepareQuery } from './database.ts';
import { encodeEvent, frameEvent } from './event-codec.ts';
import type { Batch } from './frame-buffer.ts';
import type { Stream } from './stream-table.ts';
import type { FrameRow, StoredEvent } from './types.ts';

/** A session as the writer needs it: its number and the next `seq`. */
export type SessionCounter = { readonly number: number; nextSeq: number };

/** Inserts events and numbers them. A number is used up only by an event that was really inserted. */
export class EventWriter {
  readonly #insertFrame;
  readonly #insertEvent;
  readonly #last;
  #nextPosition: number;

  constructor(database: DatabaseSync) {
    const columns = `position, session, seq, at, type, agent_id, attempt, version`;
    this.#insertFrame = database.prepare(
      `INSERT INTO events (${columns}, stream, event_id, event_name, payload)
       VALUES (?, ?, ?, ?, 'StreamEvent', ?, ?, ${EVENT_VERSION}, ?, ?, ?, ?)
       ON CONFLICT (stream, event_id, event_name) WHERE event_id IS NOT NULL DO NOTHING`,
    );
    this.#insertEvent = database.prepare(
      `INSERT INTO events (${columns}, payload) VALUES (?, ?, ?, ?, ?, ?, ?, ${EVENT_VERSION}, ?)`,
    );
    this.#last = prepareQuery<{ position: number | null }>(
      database,
      'SELECT max(position) AS position FROM events',
    );
    this.#nextPosition = this.#readLastPosition() + 1;
  }

  get lastPosition(): number {
    return this.#nextPosition - 1;
  }

  /** After a rollback: the numbers given since the last commit are free again. */
  forget(): void {
    this.#nextPosition = this.#readLastPosition() + 1;
  }

  #readLastPosition(): number {
    return this.#last.get()?.position ?? 0;
  }

  /** Inserts a batch's frames, but for those already stored; what was inserted is added to `stored`. */
  writeFrames(
    session: SessionCounter,
    stream: Stream,
    batch: Batch,
    stored: StoredEvent[] | null,
  ): void {
    const { sessionId, agentId, attempt, at } = batch;
    for (const frame of batch.frames) {
      if (repeatsStatus(stream, frame)) continue;
      const position = this.#nextPosition;
      const seq = session.nextSeq;
      const { changes } = this.#insertFrame.run(
        position,
        session.number,
        seq,
        at,
        agentId,
        attempt,
        stream.number,
        frame.id ?? null,
        frame.event,
        frame.data,
      );
      if (changes === 0) continue;
      this.#nextPosition += 1;
      session.nextSeq += 1;
      if (isStatus(frame)) stream.lastStatus = frame.data;
      const event = stored && frameEvent(batch, frame.event, frame.id, frame.data);
      if (event) stored.push({ position, seq, sessionId, at, event, dataText: frame.data });
    }
    stream.lastSignAt = Math.max(stream.lastSignAt ?? 0, at);
    if (batch.cursor !== undefined) stream.cursor = batch.cursor;
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
      encodeEvent(event),
    );
    this.#nextPosition += 1;
    session.nextSeq += 1;
    return { position, seq, sessionId, at, event };
  }
}

/** Status frames carry no id, and Cursor sends one first on every connect. */
const isStatus = (frame: FrameRow): boolean => frame.event === 'status' && frame.id === undefined;

const repeatsStatus = (stream: Stream, frame: FrameRow): boolean =>
  isStatus(frame) && stream.lastStatus === frame.data;
