import { createHash } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sessionProjection } from '../../src/engine/projection.ts';
import { openAuditLog } from '../../src/journal/audit-log.ts';
import { journalFiles } from '../../src/journal/files.ts';
import { openJournal } from '../../src/journal/open.ts';
import type { Journal } from '../../src/journal/types.ts';
import { SessionReader } from '../../src/server/session-reader.ts';
import { eventText } from '../../src/server/views/event-text.ts';
import type { SessionId } from '../../src/session/ids.ts';
import { isTranscriptEvent } from '../../src/transcript/event-item.ts';
import { removeFolder } from '../../testing/remove-folder.ts';

type Line = { readonly type: string; readonly [field: string]: unknown };

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8'));

/** What the version before threads and turns sent to clients of its own journal. */
const sent = read('journal-event-version-1.public.json') as readonly {
  readonly id: SessionId;
  readonly lines: readonly Line[];
  readonly detail: object;
}[];
const transcripts = read('journal-event-version-1.sessions.json') as readonly {
  readonly id: SessionId;
  readonly transcriptSha256: string;
}[];

let home: string;
let journal: Journal;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'cerevisor-older-'));
  const stored = new URL('../fixtures/journal-event-version-1.db', import.meta.url);
  copyFileSync(stored, journalFiles(home).database);
  const opened = openJournal({ home, projection: sessionProjection, now: Date.now });
  if (!opened.ok) throw new Error(opened.failure.message);
  journal = opened.journal;
});
afterEach(() => {
  journal.close();
  removeFolder(home);
});

const textsOf = (id: SessionId, isWanted: (type: string) => boolean): string[] =>
  journal
    .sessionEvents(id, { limit: 100_000 })
    .filter(({ event }) => isWanted(event.type))
    .map(eventText);

test('clients get every previous field of an event, and the new fields in addition', () => {
  for (const { id, lines } of sent) {
    const now = textsOf(id, (type) => !isTranscriptEvent(type)).map((text) => JSON.parse(text));
    expect(now).toMatchObject(lines);
    const launch = now.find(({ type }: Line) => type === 'Launched');
    expect(launch).toMatchObject({
      round: 1,
      threadId: launch.cursorAgentId,
      turnId: launch.cursorRunId,
    });
  }
});

test('the rows of a transcript are exactly as before, packed or not', () => {
  for (const { id, transcriptSha256 } of transcripts) {
    const texts = textsOf(id, isTranscriptEvent);
    expect(createHash('sha256').update(texts.join('\n')).digest('hex')).toBe(transcriptSha256);
  }
});

test('views of sessions and agents have every previous field', () => {
  const sessions = new SessionReader(journal, '/home');
  for (const { id, detail } of sent) {
    const now = sessions.detail(id);
    expect(now).toMatchObject(detail);
    for (const agent of now.agents) {
      expect(agent).toMatchObject({ round: 1, rounds: 1, threadId: agent.cursorAgentId });
    }
  }
});

test('the audit log contains the same entries as before', async () => {
  const options = { home, journal, redact: (events: readonly object[]) => events };
  const log = openAuditLog({ ...options, onError: (error) => expect(error).toBeNull() });
  await log.idle();
  await log.close();
  for (const { id, lines } of sent) {
    const file = readFileSync(join(home, 'audit-logs', `${id}.ndjson`), 'utf8');
    const now = file
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    // Its lines have the time under another name, and no agent where an event is about none.
    expect(now).toMatchObject(
      lines.map(({ at, agentId, ...line }) => ({
        ...line,
        ts: at,
        ...(agentId === null ? {} : { agentId }),
      })),
    );
  }
});
