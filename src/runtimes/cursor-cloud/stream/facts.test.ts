import { expect, it } from 'vitest';
import type { FollowObserver, TurnFact } from '../../turn-reading.ts';
import { RunStatusTracker } from './run-status-tracker.ts';

function ledgerWith(hasEnded = false) {
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
    told: () => facts.map(({ record }) => record.status),
  };
}
const recordOf = (status: 'RUNNING' | 'FINISHED' | 'CANCELLED') =>
  ({ threadId: 'bc-1', turnId: 'run-1', status, branches: [] }) as const;

it('tells the end once, whichever channel comes first', () => {
  const { tracker, result, told } = ledgerWith();
  tracker.fromRecord(recordOf('CANCELLED'));
  result('FINISHED');
  tracker.fromRecord(recordOf('RUNNING'));
  expect(told()).toEqual(['CANCELLED']);
});

it('does not take a terminal status for the end before its time', () => {
  const { tracker, status, told } = ledgerWith();
  status('FINISHED');
  tracker.settleAnnounced(60_000);
  expect(told()).toEqual([]);
  expect(tracker.isEndAnnounced).toBe(true);
});

it('takes a terminal status for the end after its time, although the record says RUNNING', () => {
  const { tracker, status, told } = ledgerWith();
  status('FINISHED');
  tracker.fromRecord(recordOf('RUNNING'));
  tracker.settleAnnounced(0);
  expect(told()).toEqual(['RUNNING', 'FINISHED']);
});

it('keeps an announced end when connections begin with RUNNING, as a frozen record has it', () => {
  const { tracker, status, facts, told } = ledgerWith();
  status('FINISHED');
  for (let connection = 0; connection < 5; connection += 1) {
    status('RUNNING');
    tracker.fromRecord(recordOf('RUNNING'));
  }
  expect(tracker.settleAnnounced(0)).toBe(true);
  expect(told().at(-1)).toBe('FINISHED');
  expect(facts.at(-1)).toMatchObject({ source: 'stream', isUnconfirmed: true });
});

it('forgets an announced end when the run works on', () => {
  const { tracker, status, told, content } = ledgerWith();
  content('1-0');
  status('FINISHED');
  content('2-0');
  expect(tracker.settleAnnounced(0)).toBe(false);
  expect(told()).toEqual([]);
});

it('keeps an announced end when frames come again', () => {
  const { tracker, status, content } = ledgerWith();
  content('1-0');
  content('2-0');
  status('FINISHED');
  content('2-0');
  tracker.expectReplay(undefined);
  content('1-0');
  content('2-0');
  expect(tracker.isEndAnnounced).toBe(true);
  content('3-0');
  expect(tracker.isEndAnnounced).toBe(false);
});

it('keeps an announced end when only a count of tokens or a boundary trails behind it', () => {
  const { tracker, status, content } = ledgerWith();
  content('1-0');
  status('FINISHED');
  tracker.readContent('2-0', false);
  expect(tracker.isEndAnnounced).toBe(true);
});

it('takes what comes after the newest frame for new when a connection begins right behind it', () => {
  const { tracker, status, content } = ledgerWith();
  content('1-0');
  status('FINISHED');
  tracker.expectReplay('1-0');
  content('2-0');
  expect(tracker.isEndAnnounced).toBe(false);
});

it('says nothing of a doubt where the record confirms the end', () => {
  const { tracker, status, facts } = ledgerWith();
  status('FINISHED');
  tracker.fromRecord(recordOf('FINISHED'));
  expect(tracker.settleAnnounced(0)).toBe(false);
  expect(facts.at(-1)).not.toHaveProperty('isUnconfirmed');
});

it('tells nothing about a run that is known to have ended', () => {
  const { result, status, told } = ledgerWith(true);
  status('RUNNING');
  result('FINISHED');
  expect(told()).toEqual([]);
});

it.each(['not json', '[]', '{"status":"PAUSED"}'])('calls a result of %s unreadable', (data) => {
  const { tracker, told } = ledgerWith();
  expect(tracker.read({ event: 'result', data })).toMatchObject({ kind: 'unreadable' });
  expect(told()).toEqual([]);
});
