import { expect, it } from 'vitest';
import { followUpOptions } from './follow-up-options.ts';

const attempt = { model: 'm', modelParameters: { effort: 'low' }, mode: 'plan' } as const;

it('sends the model, parameters and mode of a local attempt unless the follow-up overrides them', () => {
  expect(followUpOptions('claude', attempt, {})).toEqual(attempt);
  expect(followUpOptions('claude', attempt, { mode: 'agent' })).toEqual({
    ...attempt,
    mode: 'agent',
  });
  expect(followUpOptions('codex', attempt, { model: 'n' })).toEqual({ model: 'n', mode: 'plan' });
  expect(followUpOptions('cursor-local', { model: null }, {})).toEqual({});
});

it('sends only the requested options to a cloud agent, which keeps the others', () => {
  expect(followUpOptions('cursor-cloud', attempt, {})).toEqual({});
  expect(followUpOptions('cursor-cloud', attempt, { model: 'n' })).toEqual({ model: 'n' });
});
