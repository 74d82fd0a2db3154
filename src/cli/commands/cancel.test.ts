import { expect, test } from 'vitest';
import { sampleAgent, sampleSession } from '../../../testing/sample-session.ts';
import { confirmingParties } from './cancel.ts';

test('waits for confirmation only from where agents are running', () => {
  const local = sampleAgent({ name: 'Builder', runtime: 'cursor-local' });
  const cloud = sampleAgent({ name: 'Reviewer', runtime: 'cursor-cloud' });
  const due = sampleAgent({ name: 'Writer', runtime: null, status: 'waiting' });
  const of = (change: Parameters<typeof sampleSession>[0], agent: typeof local | null = null) =>
    confirmingParties(sampleSession({ backend: 'rehearsal', ...change }), agent);
  expect(of({ mode: 'local', agents: [local, due] })).toBe('this machine');
  expect(of({ mode: 'local', agents: [due] })).toBe('this machine');
  expect(of({ mode: 'cloud', agents: [due] })).toBe('the rehearsal cloud');
  expect(of({ mode: 'local', agents: [local, cloud] })).toBe(
    'this machine and the rehearsal cloud',
  );
  expect(of({ mode: 'local', agents: [local, cloud] }, cloud)).toBe('the rehearsal cloud');
  const done = { ...cloud, status: 'completed' as const };
  expect(of({ mode: 'local', agents: [local, done] })).toBe('this machine');
});
