import { expect, it } from 'vitest';
import type { FollowObserver, TurnFact } from '../../follow-types.ts';
import { RunStatusTracker } from './run-status-tracker.ts';

function trackerWith(hasEnded = false) {
  const facts: TurnFact[] = [];
  const observer: FollowObserver = {
    onItems: () => undefined,
    onFact: (fact) => void facts.push(fact),
    onConnection: () => undefined,
    onGap: () => undefined,
  };
  const tracker = new RunStatusTracker({ threadId: 'bc-1', turnId: 'run-1', hasEnded }, observer);
  const status = (value: string) =>
    tracker.read({ event: 'status', data: JSON.stringify({ status: value }) });
  const result = (value: string) =>
    tracker.read({ event: 'result', data: JSON.stringify({ status: value, text: 'x' }) });
  const content = (id: string) => tracker.readContent(id, true);
  return {
    tracker,
    facts,
    status,
    result,
    content,
    reportedStatuses: () => facts.map(({ record }) => record.status),
  };
}
const recordOf = (status: 'RUNNING' | 'FINISHED' | 'CANCELLED') =>
  ({ threadId: 'bc-1', turnId: 'run-1', status, branches: [] }) as const;

it('reports the end once, from whichever channel reports it first', () => {
  const { tracker, result, reportedStatuses } = trackerWith();
  tracker.fromRecord(recordOf('CANCELLED'));
  result('FINISHED');
  tracker.fromRecord(recordOf('RUNNING'));
  expect(reportedStatuses()).toEqual(['CANCELLED']);
});

it('does not treat a terminal status as the end at once', () => {
  const { tracker, status, reportedStatuses } = trackerWith();
  status('FINISHED');
  tracker.settleAnnounced(60_000);
  expect(reportedStatuses()).toEqual([]);
  expect(tracker.isEndAnnounced).toBe(true);
});

it('treats a terminal status as the end after a while, even if the record is still RUNNING', () => {
  const { tracker, status, reportedStatuses } = trackerWith();
  status('FINISHED');
  tracker.fromRecord(recordOf('RUNNING'));
  tracker.settleAnnounced(0);
  expect(reportedStatuses()).toEqual(['RUNNING', 'FINISHED']);
});

it('keeps an announced end when connections start with the RUNNING of a stale record', () => {
  const { tracker, status, facts, reportedStatuses } = trackerWith();
  status('FINISHED');
  for (let connection = 0; connection < 5; connection += 1) {
    status('RUNNING');
    tracker.fromRecord(recordOf('RUNNING'));
  }
  expect(tracker.settleAnnounced(0)).toBe(true);
  expect(reportedStatuses().at(-1)).toBe('FINISHED');
  expect(facts.at(-1)).toMatchObject({ source: 'stream', isUnconfirmed: true });
});

it('discards an announced end when the run continues', () => {
  const { tracker, status, reportedStatuses, content } = trackerWith();
  content('1-0');
  status('FINISHED');
  content('2-0');
  expect(tracker.settleAnnounced(0)).toBe(false);
  expect(reportedStatuses()).toEqual([]);
});

it('keeps an announced end when frames are repeated', () => {
  const { tracker, status, content } = trackerWith();
  content('1-0');
  content('2-0');
  status('FINISHED');
  content('2-0');
  tracker.beginReplay(undefined);
  content('1-0');
  content('2-0');
  expect(tracker.isEndAnnounced).toBe(true);
  content('3-0');
  expect(tracker.isEndAnnounced).toBe(false);
});

it('keeps an announced end when only token counts or boundaries follow it', () => {
  const { tracker, status, content } = trackerWith();
  content('1-0');
  status('FINISHED');
  tracker.readContent('2-0', false);
  expect(tracker.isEndAnnounced).toBe(true);
});

it('treats frames as new when a connection resumes after the newest frame', () => {
  const { tracker, status, content } = trackerWith();
  content('1-0');
  status('FINISHED');
  tracker.beginReplay('1-0');
  content('2-0');
  expect(tracker.isEndAnnounced).toBe(false);
});

it('does not mark the end as unconfirmed if the record confirms it', () => {
  const { tracker, status, facts } = trackerWith();
  status('FINISHED');
  tracker.fromRecord(recordOf('FINISHED'));
  expect(tracker.settleAnnounced(0)).toBe(false);
  expect(facts.at(-1)).not.toHaveProperty('isUnconfirmed');
});

it('reports nothing about a run that is known to have ended', () => {
  const { result, status, reportedStatuses } = trackerWith(true);
  status('RUNNING');
  result('FINISHED');
  expect(reportedStatuses()).toEqual([]);
});

it.each(['not json', '[]', '{"status":"PAUSED"}'])(
  'reports a result of %s as unreadable',
  (data) => {
    const { tracker, reportedStatuses } = trackerWith();
    expect(tracker.read({ event: 'result', data })).toMatchObject({ kind: 'unreadable' });
    expect(reportedStatuses()).toEqual([]);
  },
);
