import { expect, test } from 'vitest';
import { openTemporaryJournal } from '../../testing/journal.ts';
import { sessionId, sessionStarted } from '../../testing/session/sample-events.ts';
import { SessionReader } from '../server/session-reader.ts';
import { sampleWorkflow } from '../workflow/sample-workflow.ts';
import { sessionProjection } from './projection.ts';

test("a session's long input is in its event alone: what reads states never reads it", () => {
  using opened = openTemporaryJournal({ projection: sessionProjection });
  const { journal } = opened;
  const input = 'a long input '.repeat(1_000);
  journal.append(sessionId, [{ ...sessionStarted(sampleWorkflow()), input }]);
  expect(JSON.stringify(journal.state(sessionId))).not.toContain('a long input');
  const listed = journal.sessions({ limit: 10 });
  expect(JSON.stringify(listed.rows)).not.toContain('a long input');
  expect(new SessionReader(journal, '/nowhere').detail(sessionId).input).toBe(input);
});

test('a count of sessions reads none of them', () => {
  using opened = openTemporaryJournal({ projection: sessionProjection });
  opened.journal.append(sessionId, [sessionStarted(sampleWorkflow())]);
  expect(opened.journal.sessions({ limit: 0 })).toEqual({ rows: [], total: 1 });
});
