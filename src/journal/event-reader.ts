import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { LifecycleEvent } from '../session/events.ts';
import type { CursorRunId, SessionId } from '../session/ids.ts';
import type { AgentId } from '../workflow/ids.ts';
import { prepareQuery } from './database.ts';
import { decodeEvent, frameEvent, LIFECYCLE_TYPES } from './event-codec.ts';
import type { Quarantine } from './quarantine.ts';
import type { Journal, StoredEvent } from './types.ts';

type Columns = {
  readonly position: number;
  readonly session_id: SessionId;
  readonly seq: number;
  readonly at: number;
  readonly type: string;
  readonly agent_id: AgentId | null;
  readonly attempt: number | null;
  readonly version: number;
  readonly run_id: CursorRunId | null;
  readonly event_id: string | null;
  readonly event_name: string | null;
  readonly payload: string;
};

export type SessionEventOptions = Parameters<Journal['sessionEvents']>[1];

const SELECT = `SELECT position, sessions.id AS session_id, seq, at, type, events.agent_id AS agent_id,
    events.attempt AS attempt, version, run_id, event_id, event_name, payload
  FROM events JOIN sessions ON events.session = sessions.number
  LEFT JOIN streams ON events.stream = streams.number`;

/** Reads events back. One that cannot be decoded goes to quarantine, and the others go on. */
export class EventReader {
  readonly #database: DatabaseSync;
  readonly #quarantine: Quarantine;

  constructor(database: DatabaseSync, quarantine: Quarantine) {
    this.#database = database;
    this.#quarantine = quarantine;
  }

  ofSession(sessionId: SessionId, options: SessionEventOptions): readonly StoredEvent[] {
    const { after, before, agentId, types, newestFirst = false } = options;
    const where = ['sessions.id = ?'];
    const parameters: SQLInputValue[] = [sessionId];
    if (agentId !== undefined) {
      where.push('events.agent_id = ?');
      parameters.push(agentId);
    }
    if (types !== undefined) {
      where.push('type IN (SELECT value FROM json_each(?))');
      parameters.push(JSON.stringify(types));
      // Written out, so that SQLite finds the few events among the many frames by their own index.
      if (!types.includes('StreamEvent')) where.push(`type <> 'StreamEvent'`);
    }
    return this.#pages('seq', where, parameters, {
      after: after ?? 0,
      before: before ?? Number.MAX_SAFE_INTEGER,
      limit: options.limit,
      newestFirst,
    });
  }

  /** The events of a session that change its state. */
  lifecycle(
    sessionId: SessionId,
    after: number,
    limit: number,
  ): readonly StoredEvent<LifecycleEvent>[] {
    return this.ofSession(sessionId, { after, limit, types: LIFECYCLE_TYPES }).filter(
      (stored): stored is StoredEvent<LifecycleEvent> => stored.event.type !== 'StreamEvent',
    );
  }

  ofAll(options: {
    after: number;
    limit: number;
    lifecycleOnly?: boolean;
  }): readonly StoredEvent[] {
    const where = options.lifecycleOnly === true ? [`type <> 'StreamEvent'`] : [];
    return this.#pages('position', where, [], {
      after: options.after,
      before: Number.MAX_SAFE_INTEGER,
      limit: options.limit,
      newestFirst: false,
    });
  }

  /** Reads until `limit` events are decoded: a quarantined one must not make a page look like the last. */
  #pages(
    key: 'seq' | 'position',
    where: readonly string[],
    parameters: readonly SQLInputValue[],
    range: { after: number; before: number; limit: number; newestFirst: boolean },
  ): readonly StoredEvent[] {
    let { after, before } = range;
    const conditions = [...where, `${key} > ?`, `${key} < ?`].join(' AND ');
    const query = prepareQuery<Columns>(
      this.#database,
      `${SELECT} WHERE ${conditions} ORDER BY ${key} ${range.newestFirst ? 'DESC' : 'ASC'} LIMIT ?`,
    );
    const events: StoredEvent[] = [];
    while (events.length < range.limit) {
      const wanted = range.limit - events.length;
      const rows = query.all(...parameters, after, before, wanted);
      for (const row of rows) {
        const event = this.#decode(row);
        if (event !== null) events.push(event);
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < wanted) break;
      if (range.newestFirst) before = last[key];
      else after = last[key];
    }
    return events;
  }

  #decode(row: Columns): StoredEvent | null {
    const { position, seq, at, session_id: sessionId } = row;
    const place = { position, seq, sessionId, at };
    if (row.type === 'StreamEvent') {
      const { run_id, agent_id, attempt, event_name } = row;
      if (run_id === null || agent_id === null || attempt === null || event_name === null) {
        return this.#quarantine.add(position, 'a frame without its run');
      }
      const source = { agentId: agent_id, attempt, cursorRunId: run_id };
      const event = frameEvent(source, event_name, row.event_id ?? undefined, row.payload);
      return { ...place, event, dataText: row.payload };
    }
    const decoded = decodeEvent(row.version, row.payload);
    if (!decoded.ok) return this.#quarantine.add(position, decoded.reason);
    return { ...place, event: decoded.event };
  }
}
