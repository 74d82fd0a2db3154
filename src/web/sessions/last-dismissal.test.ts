import { expect, test } from 'vitest';
import { dismissalIn, remaining, textOf } from './last-dismissal.ts';

const dismissal = { at: '2026-05-18T12:00:00.000Z', ids: ['s_a', 's_b', 's_c'] };

test('a dismissal can be taken back after the window was closed', () => {
  expect(dismissalIn(textOf(dismissal))).toEqual(dismissal);
});

test('what is no dismissal is none', () => {
  for (const text of [null, '', 'nonsense', '{"ids":[]}', dismissal.at])
    expect(dismissalIn(text), String(text)).toBeNull();
});

test('what is back on the list is not put back once more', () => {
  expect(remaining(dismissal, ['s_b', 's_other'])).toEqual({ ...dismissal, ids: ['s_a', 's_c'] });
  expect(remaining(dismissal, dismissal.ids)).toBeNull();
});
