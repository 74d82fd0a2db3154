import { expect, it } from 'vitest';
import type { FollowObserver, RunFact } from '../../port.ts';
import { FactLedger } from './run-status-tracker.ts';

function ledgerWith(hasEnded = false) {
  const facts: RunFact[] = [];
  const observer: FollowObserver = {
    onItems: () => undefined,
    onFact: (fact) => void facts.push(fact),
    onConnection: () => undefined,
    onGap: () => undefined,
  };
  const ledger = new FactLedger({ agentId: 'bc-1', runId: 'run-1', hasEnded }, observer);
  const status = (value: string) =>
    ledger.read({ event: 'status', data: JSON.stringify({ status: value }) });
  const result = (value: string) =>
    ledger.read({ event: 'result', data: JSON.stringify({ status: value, text: 'x' }) });
  const content = (id: string) => ledger.readContent(id, true);
  return {
    ledger,
    facts,
    status,
    result,
    content,
    told: () => facts.map(({ record }) => record.status),
  };
}
const recordOf = (status: 'RUNNING' | 'FINISHED' | 'CANCELLED') =>
  ({ agentId: 'bc-1', runId: 'run-1', status, branches: [] }) as const;

it('tells the end once, whichever channel comes first', () => {
  const { ledger, result, told } = ledgerWith();
  ledger.fromRecord(recordOf('CANCELLED'));
  result('FINISHED');
  ledger.fromRecord(recordOf('RUNNING'));
  expect(told()).toEqual(['CANCELLED']);
});

it('does not take a terminal status for the end before its time', () => {
  const { ledger, status, told } = ledgerWith();
  status('FINISHED');
  ledger.settleAnnounced(60_000);
  expect(told()).toEqual([]);
  expect(ledger.isEndAnnounced).toBe(true);
});

it('takes a terminal status for the end after its time, although the record says RUNNING', () => {
  const { ledger, status, told } = ledgerWith();
  status('FINISHED');
  ledger.fromRecord(recordOf('RUNNING'));
  ledger.settleAnnounced(0);
  expect(told()).toEqual(['RUNNING', 'FINISHED']);
});

it('keeps an announced end when connections begin with RUNNING, as a frozen record has it', () => {
  const { ledger, status, facts, told } = ledgerWith();
  status('FINISHED');
  for (let connection = 0; connection < 5; connection += 1) {
    status('RUNNING');
    ledger.fromRecord(recordOf('RUNNING'));
  }
  expect(ledger.settleAnnounced(0)).toBe(true);
  expect(told().at(-1)).toBe('FINISHED');
  expect(facts.at(-1)).toMatchObject({ source: 'stream', isUnconfirmed: true });
});

it('forgets an announced end when the run works on', () => {
  const { ledger, status, told, content } = ledgerWith();
  content('1-0');
  status('FINISHED');
  content('2-0');
  expect(ledger.settleAnnounced(0)).toBe(false);
  expect(told()).toEqual([]);
});

it('keeps an announced end when frames come again', () => {
  const { ledger, status, content } = ledgerWith();
  content('1-0');
  content('2-0');
  status('FINISHED');
  content('2-0');
  ledger.expectReplay(undefined);
  content('1-0');
  content('2-0');
  expect(ledger.isEndAnnounced).toBe(true);
  content('3-0');
  expect(ledger.isEndAnnounced).toBe(false);
});

it('keeps an announced end when only a count of tokens or a boundary trails behind it', () => {
  const { ledger, status, content } = ledgerWith();
  content('1-0');
  status('FINISHED');
  ledger.readContent('2-0', false);
  expect(ledger.isEndAnnounced).toBe(true);
});

it('takes what comes after the newest frame for new when a connection begins right behind it', () => {
  const { ledger, status, content } = ledgerWith();
  content('1-0');
  status('FINISHED');
  ledger.expectReplay('1-0');
  content('2-0');
  expect(ledger.isEndAnnounced).toBe(false);
});

it('says nothing of a doubt where the record confirms the end', () => {
  const { ledger, status, facts } = ledgerWith();
  status('FINISHED');
  ledger.fromRecord(recordOf('FINISHED'));
  expect(ledger.settleAnnounced(0)).toBe(false);
  expect(facts.at(-1)).not.toHaveProperty('isUnconfirmed');
});

it('tells nothing about a run that is known to have ended', () => {
  const { result, status, told } = ledgerWith(true);
  status('RUNNING');
  result('FINISHED');
  expect(told()).toEqual([]);
});

it.each(['not json', '[]', '{"status":"PAUSED"}'])('calls a result of %s unreadable', (data) => {
  const { ledger, told } = ledgerWith();
  expect(ledger.read({ event: 'result', data })).toMatchObject({ kind: 'unreadable' });
  expect(told()).toEqual([]);
});
