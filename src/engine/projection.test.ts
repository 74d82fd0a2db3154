import { expect, test } from 'vitest';
import { openTemporaryJournal } from '../../testing/journal.ts';
import { sampleWorkflow } from '../../testing/sample-workflow.ts';
import {
  completeLifecycle,
  sessionId,
  sessionStarted,
} from '../../testing/session/sample-events.ts';
import type { JournalTrouble } from '../journal/types.ts';
import { SessionReader } from '../server/session-reader.ts';
import { sessionProjection } from './projection.ts';

test('the input of a session is only in its event and not in its state', () => {
  using opened = openTemporaryJournal({ projection: sessionProjection });
  const { journal } = opened;
  const input = 'a long input '.repeat(1_000);
  journal.append(sessionId, [{ ...sessionStarted(sampleWorkflow()), input }]);
  expect(JSON.stringify(journal.state(sessionId))).not.toContain('a long input');
  const listed = journal.sessions({ limit: 10 });
  expect(JSON.stringify(listed.rows)).not.toContain('a long input');
  expect(new SessionReader(journal, '/nowhere').detail(sessionId).input).toBe(input);
});

test('a session says why it seems to stand still while the journal cannot be written', () => {
  using opened = openTemporaryJournal({ projection: sessionProjection });
  const { journal } = opened;
  journal.append(sessionId, [sessionStarted(sampleWorkflow())]);
  const trouble: JournalTrouble = {
    code: 'disk_full',
    message: 'The disk is full.',
    suggestion: 'Free some space.',
  };
  const detailWith = (found: JournalTrouble | null) =>
    new SessionReader(journal, '/nowhere', () => found).detail(sessionId).statusDetail;
  expect(detailWith(trouble)).toBe(
    'Its progress cannot be recorded. The disk is full. Free some space.',
  );
  expect(detailWith(null)).toBe(null);
});

test('counting sessions reads no states', () => {
  using opened = openTemporaryJournal({ projection: sessionProjection });
  opened.journal.append(sessionId, [sessionStarted(sampleWorkflow())]);
  expect(opened.journal.sessions({ limit: 0 })).toEqual({ rows: [], total: 1 });
});

/** Stored states of older versions lack what was added since, and what reads them does not expect that. */
test('the version of stored states increases when their shape changes', () => {
  using opened = openTemporaryJournal({ projection: sessionProjection });
  opened.journal.append(sessionId, [sessionStarted(), ...completeLifecycle('a')]);
  const state = opened.journal.state(sessionId);
  const [agent] = state?.agents ?? [];
  const [attempt] = agent?.attempts ?? [];
  const fields = [state, agent, attempt, attempt?.turns[0], state?.flow].map((part) =>
    Object.keys(part ?? {})
      .sort()
      .join(' '),
  );
  // Where this differs, raise STATE_VERSION before you write down the new shape.
  expect([sessionProjection.version, ...fields]).toMatchInlineSnapshot(`
    [
      12,
      "accountId agents autoCreatePr backend enhance flow handoffs id isCancelRequested isDismissed local maxAttempts maxConcurrentAgents mode phase providers repositories startedAt workflow workflowPath",
      "attempts cancel changedAt id phase round",
      "account agentUrl artifacts baseCommits branches connection intendedAt isDelivered launchedAt model number repositories requestHash round runtime threadId turns",
      "ended id purpose startedAt status stream usage",
      "decisions gates loops",
    ]
  `);
});
