import { describe, expect, it } from 'vitest';
import { isSameValue } from './same-value.ts';

describe('comparing JSON values', () => {
  it('ignores the order of keys', () => {
    expect(isSameValue({ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 })).toBe(true);
  });

  it('distinguishes lists, objects and absent values', () => {
    expect(isSameValue([1], { 0: 1 })).toBe(false);
    expect(isSameValue({ a: 1 }, { a: 1, b: undefined })).toBe(true);
    expect(isSameValue({ a: 1 }, { a: 1, b: null })).toBe(false);
    expect(isSameValue([1, 2], [1])).toBe(false);
  });
});
