import { expect, test } from 'vitest';
import { dismissalsIn, mostKept, textOf, withNewest, without } from './last-dismissal.ts';

const first = { at: '2026-05-18T12:00:00.000Z', ids: ['s_a', 's_b', 's_c'] };
const second = { at: '2026-05-18T12:01:00.000Z', ids: ['s_d'] };

test('dismissals can be taken back after the window was closed, each by itself', () => {
  expect(dismissalsIn(textOf([second, first]))).toEqual([second, first]);
  // As it was kept before there were several.
  expect(dismissalsIn([first.at, ...first.ids].join('\n'))).toEqual([first]);
});

test('what is no dismissal is none', () => {
  for (const text of [null, '', 'nonsense', '{"ids":[]}', first.at])
    expect(dismissalsIn(text), String(text)).toEqual([]);
});

test('a dismissal does not replace the one before, and the oldest is let go', () => {
  expect(withNewest([first], second)).toEqual([second, first]);
  const many = Array.from({ length: mostKept + 2 }, (_, index) => ({
    at: new Date(index * 1000).toISOString(),
    ids: [`s_${index}`],
  }));
  const kept = many.reduce<typeof many>((before, each) => withNewest(before, each) as never, []);
  expect(kept).toEqual(many.toReversed().slice(0, mostKept));
});

test('what is back on the list is not put back again', () => {
  expect(without([second, first], ['s_b', 's_d', 's_other'])).toEqual([
    { ...first, ids: ['s_a', 's_c'] },
  ]);
  expect(withNewest([first], { ...second, ids: ['s_a'] })).toEqual([
    { ...second, ids: ['s_a'] },
    { ...first, ids: ['s_b', 's_c'] },
  ]);
});
