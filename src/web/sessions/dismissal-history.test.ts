import { expect, test } from 'vitest';
import {
  addDismissal,
  maxStored,
  parseDismissals,
  removeRestored,
  serializeDismissals,
} from './dismissal-history.ts';

const first = { at: '2026-05-18T12:00:00.000Z', ids: ['s_a', 's_b', 's_c'] };
const second = { at: '2026-05-18T12:01:00.000Z', ids: ['s_d'] };

test('stores dismissals so that each can be undone after the window was closed', () => {
  expect(parseDismissals(serializeDismissals([second, first]))).toEqual([second, first]);
  // The format from when only one was stored.
  expect(parseDismissals([first.at, ...first.ids].join('\n'))).toEqual([first]);
});

test('ignores invalid stored text', () => {
  for (const text of [null, '', 'nonsense', '{"ids":[]}', first.at])
    expect(parseDismissals(text), String(text)).toEqual([]);
});

test('keeps earlier dismissals, up to a maximum', () => {
  expect(addDismissal([first], second)).toEqual([second, first]);
  const many = Array.from({ length: maxStored + 2 }, (_, index) => ({
    at: new Date(index * 1000).toISOString(),
    ids: [`s_${index}`],
  }));
  const stored = many.reduce<typeof many>(
    (before, each) => addDismissal(before, each) as never,
    [],
  );
  expect(stored).toEqual(many.toReversed().slice(0, maxStored));
});

test('drops restored sessions from the history', () => {
  expect(removeRestored([second, first], ['s_b', 's_d', 's_other'])).toEqual([
    { ...first, ids: ['s_a', 's_c'] },
  ]);
  expect(addDismissal([first], { ...second, ids: ['s_a'] })).toEqual([
    { ...second, ids: ['s_a'] },
    { ...first, ids: ['s_b', 's_c'] },
  ]);
});
