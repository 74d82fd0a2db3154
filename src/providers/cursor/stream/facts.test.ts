import { expect, it } from 'vitest';
import type { FollowObserver, RunFact } from '../../port.ts';
import { FactLedger } from './facts.ts';

function ledgerWith(hasEnded = false) {
  const facts: RunFact[] = [];
  const observer: FollowObserver = {
    onFrames: () => undefined,
    onFact: (fact) => void facts.push(fact),
    onConnection: () => undefined,
    onGap: () => undefined,
  };
  const ledger = new FactLedger({ agentId: 'bc-1', runId: 'run-1', hasEnded }, observer);
  const status = (value: string) =>
    ledger.read({ event: 'status', data: JSON.stringify({ status: value }) });
  const result = (value: string) =>
    ledger.read({ event: 'result', data: JSON.stringify({ status: value, text: 'x' }) });
  return { ledger, facts, status, result, told: () => facts.map(({ record }) => record.status) };
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

it('forgets an announced end when the run goes on', () => {
  const { ledger, status, told } = ledgerWith();
  status('FINISHED');
  status('RUNNING');
  ledger.settleAnnounced(0);
  expect(told()).toEqual(['RUNNING']);
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
