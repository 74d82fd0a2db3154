import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { isTranscript, type LifecycleEvent, type TranscriptEvent } from '../session/events.ts';
import type { SessionId, TurnId } from '../session/ids.ts';
import { isTranscriptEvent } from '../transcript/event-item.ts';
import type { AgentId } from '../workflow/ids.ts';
import { prepareQuery } from './database.ts';
import { decodeEvent, itemEvent, LIFECYCLE_TYPES } from './event-codec.ts';
import type { PackScope, PackTable, UnpackedRow } from './packs/pack-table.ts';
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
  readonly run_id: TurnId | null;
  readonly event_id: string | null;
  readonly event_name: string | null;
  readonly payload: string;
};

export type SessionEventOptions = Parameters<Journal['sessionEvents']>[1];

const SELECT = `SELECT position, sessions.id AS session_id, seq, at, type, events.agent_id AS agent_id,
    events.attempt AS attempt, version, run_id, event_id, event_name, payload
  FROM events JOIN sessions ON events.session = sessions.number
  LEFT JOIN streams ON events.stream = streams.number`;

/** Reads events. An event that cannot be decoded is quarantined and skipped. */
export class EventReader {
  readonly #database: DatabaseSync;
  readonly #quarantine: Quarantine;
  readonly #packs: PackTable;

  constructor(database: DatabaseSync, quarantine: Quarantine, packs: PackTable) {
    this.#database = database;
    this.#quarantine = quarantine;
    this.#packs = packs;
  }

  readSession(sessionId: SessionId, options: SessionEventOptions): readonly StoredEvent[] {
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
      // Explicit, so that SQLite uses the index for lifecycle events.
      if (!types.some(isTranscriptEvent)) where.push('stream IS NULL');
    }
    const scope = { sessionId, ...(agentId && { agentId }), ...(types && { types }) };
    return this.#pages('seq', scope, where, parameters, {
      after: after ?? 0,
      before: before ?? Number.MAX_SAFE_INTEGER,
      limit: options.limit,
      newestFirst,
    });
  }

  /** The events of a session that change its state. */
  readLifecycle(
    sessionId: SessionId,
    after: number,
    limit: number,
  ): readonly StoredEvent<LifecycleEvent>[] {
    return this.readSession(sessionId, { after, limit, types: LIFECYCLE_TYPES }).filter(
      (stored): stored is StoredEvent<LifecycleEvent> => !isTranscript(stored.event),
    );
  }

  readAll(options: {
    after: number;
    limit: number;
    lifecycleOnly?: boolean;
  }): readonly StoredEvent[] {
    const { lifecycleOnly = false } = options;
    const scope = lifecycleOnly ? { types: LIFECYCLE_TYPES } : {};
    return this.#pages('position', scope, lifecycleOnly ? ['stream IS NULL'] : [], [], {
      after: options.after,
      before: Number.MAX_SAFE_INTEGER,
      limit: options.limit,
      newestFirst: false,
    });
  }

  /** Reads until `limit` events are decoded, so that a quarantined event does not make a page look like the last one. */
  #pages(
    key: 'seq' | 'position',
    scope: PackScope,
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
    const hasItems = scope.types === undefined || scope.types.some(isTranscriptEvent);
    while (events.length < range.limit) {
      const limit = range.limit - events.length;
      const { newestFirst } = range;
      const loose = query.all(...parameters, after, before, limit);
      const packed = hasItems
        ? this.#packs.rows(scope, { key, after, before, limit, newestFirst })
        : [];
      const rows = packed.length === 0 ? loose : mergeRows(loose, packed, key, newestFirst, limit);
      for (const row of rows) {
        const event = 'run_id' in row ? this.#decode(row) : toStoredEvent(row);
        if (event !== null) events.push(event);
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < limit) break;
      if (newestFirst) before = last[key];
      else after = last[key];
    }
    return events;
  }

  #decode(row: Columns): StoredEvent | null {
    const { position, seq, at, session_id: sessionId } = row;
    const envelope = { position, seq, sessionId, at };
    if (isTranscriptEvent(row.type)) {
      const { run_id, agent_id, attempt, event_name } = row;
      if (run_id === null || agent_id === null || attempt === null || event_name === null) {
        return this.#quarantine.add(position, 'an item without its run');
      }
      const source = { agentId: agent_id, attempt, turnId: run_id };
      const { event_id: id, payload } = row;
      const type = row.type as TranscriptEvent['type']; // Just checked.
      const event = itemEvent(source, { type, name: event_name, id, payload });
      return { ...envelope, event, dataText: payload };
    }
    const decoded = decodeEvent(row.version, row.payload);
    if (!decoded.ok) return this.#quarantine.add(position, decoded.reason);
    return { ...envelope, event: decoded.event };
  }
}

function toStoredEvent(row: UnpackedRow): StoredEvent {
  const { position, seq, sessionId, at } = row;
  return { position, seq, sessionId, at, event: itemEvent(row, row), dataText: row.payload };
}

/** The first `limit` rows of both lists in order. Their positions are disjoint. */
function mergeRows(
  loose: readonly Columns[],
  packed: readonly UnpackedRow[],
  key: 'seq' | 'position',
  newestFirst: boolean,
  limit: number,
): readonly (Columns | UnpackedRow)[] {
  const sign = newestFirst ? -1 : 1;
  return [...loose, ...packed].sort((one, other) => sign * (one[key] - other[key])).slice(0, limit);
}
