import type { Migration } from './migrations.ts';

/**
 * The journal's tables. Sessions and runs get small numbers, because every event carries them in two indexes:
 * with the ids themselves an event costs half as much again to store.
 */
const journal: Migration = {
  id: 1,
  name: 'journal',
  sql: `
    CREATE TABLE meta (key TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;
    INSERT INTO meta VALUES ('epoch', 0);

    CREATE TABLE sessions (
      number        INTEGER PRIMARY KEY,
      id            TEXT NOT NULL UNIQUE,
      workflow_id   TEXT NOT NULL,
      workflow_name TEXT NOT NULL,
      mode          TEXT NOT NULL,
      status        TEXT NOT NULL,
      needs_you     INTEGER NOT NULL,
      is_settled    INTEGER NOT NULL,
      is_dismissed  INTEGER NOT NULL,
      started_at    INTEGER NOT NULL,
      ended_at      INTEGER,
      search_text   TEXT NOT NULL
    ) STRICT;
    CREATE INDEX sessions_by_start ON sessions (started_at);
    CREATE INDEX sessions_by_need ON sessions (needs_you DESC, is_settled, started_at DESC, number DESC);

    -- Apart from sessions: a list reads the rows of thousands, but the states of one page.
    CREATE TABLE session_states (
      session INTEGER PRIMARY KEY REFERENCES sessions,
      version INTEGER NOT NULL,
      state   TEXT NOT NULL
    ) STRICT;

    -- One row per run of a Cursor agent: where its stream has been read to.
    CREATE TABLE streams (
      number       INTEGER PRIMARY KEY,
      run_id       TEXT NOT NULL UNIQUE,
      session      INTEGER NOT NULL REFERENCES sessions,
      agent_id     TEXT NOT NULL,
      attempt      INTEGER NOT NULL,
      cursor       TEXT,
      last_sign_at INTEGER,
      last_status  TEXT
    ) STRICT;

    CREATE TABLE events (
      position   INTEGER PRIMARY KEY,
      session    INTEGER NOT NULL,
      seq        INTEGER NOT NULL,
      at         INTEGER NOT NULL,
      type       TEXT NOT NULL,
      agent_id   TEXT,
      attempt    INTEGER,
      version    INTEGER NOT NULL,
      stream     INTEGER,
      event_id   TEXT,
      event_name TEXT,
      payload    TEXT NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX events_in_session ON events (session, seq);
    CREATE UNIQUE INDEX frames_once ON events (stream, event_id, event_name) WHERE event_id IS NOT NULL;
    CREATE INDEX lifecycle_in_session ON events (session, seq) WHERE type <> 'StreamEvent';

    CREATE TABLE cloud_runs (
      session         INTEGER NOT NULL REFERENCES sessions,
      agent_id        TEXT NOT NULL,
      attempt         INTEGER NOT NULL,
      cursor_agent_id TEXT NOT NULL,
      latest_run_id   TEXT,
      is_live         INTEGER NOT NULL,
      PRIMARY KEY (session, agent_id, attempt)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX cloud_runs_by_cursor_agent ON cloud_runs (cursor_agent_id);
    CREATE INDEX live_cloud_runs ON cloud_runs (session) WHERE is_live = 1;

    CREATE TABLE facts (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

    CREATE TABLE quarantine (position INTEGER PRIMARY KEY, reason TEXT NOT NULL) STRICT;
  `,
};

/** Transcripts of turns that were read to their end become packs, one row for thousands of items. */
const packs: Migration = {
  id: 2,
  name: 'packs',
  sql: `
    CREATE TABLE packs (
      first_position INTEGER PRIMARY KEY,
      last_position  INTEGER NOT NULL,
      session        INTEGER NOT NULL REFERENCES sessions,
      first_seq      INTEGER NOT NULL,
      last_seq       INTEGER NOT NULL,
      stream         INTEGER NOT NULL REFERENCES streams,
      type           TEXT NOT NULL,
      items          INTEGER NOT NULL,
      block          BLOB NOT NULL
    ) STRICT;
    CREATE INDEX packs_in_session ON packs (session, first_seq);
    CREATE INDEX packs_of_stream ON packs (stream);

    ALTER TABLE streams ADD COLUMN is_read INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE streams ADD COLUMN is_packed INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX streams_to_pack ON streams (number) WHERE is_read = 1 AND is_packed = 0;
    UPDATE streams SET is_read = 1 WHERE run_id IN (
      SELECT json_extract(payload, '$.cursorRunId') FROM events
      WHERE type = 'StreamEnded' AND json_valid(payload));

    -- What changes a session's state belongs to no stream's rows.
    DROP INDEX lifecycle_in_session;
    CREATE INDEX lifecycle_in_session ON events (session, seq) WHERE stream IS NULL;
  `,
};

/** Attempts on this machine stand next to those in the cloud; each place has its own limit. */
const places: Migration = {
  id: 3,
  name: 'places',
  sql: `
    ALTER TABLE cloud_runs ADD COLUMN place TEXT NOT NULL DEFAULT 'cloud';
  `,
};

/** In order, forever: a migration that has been released is never changed or renumbered. */
export const MIGRATIONS: readonly Migration[] = [journal, packs, places];
