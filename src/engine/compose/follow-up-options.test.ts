import { expect, it } from 'vitest';
import { followUpOptions } from './follow-up-options.ts';

const attempt = { model: 'm', modelParameters: { effort: 'low' }, mode: 'plan' } as const;

it('keeps model, parameters and mode of an attempt on this machine unless others are named', () => {
  expect(followUpOptions('claude', attempt, {})).toEqual(attempt);
  expect(followUpOptions('claude', attempt, { mode: 'agent' })).toEqual({
    ...attempt,
    mode: 'agent',
  });
  expect(followUpOptions('codex', attempt, { model: 'n' })).toEqual({ model: 'n', mode: 'plan' });
  expect(followUpOptions('cursor-local', { model: null }, {})).toEqual({});
});

it('leaves to the cloud what the cloud remembers', () => {
  expect(followUpOptions('cursor-cloud', attempt, {})).toEqual({});
  expect(followUpOptions('cursor-cloud', attempt, { model: 'n' })).toEqual({ model: 'n' });
});
