import { describe, expect, it } from 'vitest';
import {
  ageOf,
  elapsed,
  formatAge,
  formatDuration,
  formatRanges,
  formatSize,
  listOf,
  plural,
  repositoryName,
  shortId,
} from './format.ts';

const noon = Date.parse('2026-05-01T12:00:00Z');

describe('times, sizes and counts for people', () => {
  it('shows a duration in its two largest units', () => {
    expect([0, 59_999, 65_000, 3_660_000, 90_000_000].map(formatDuration)).toEqual([
      '0s',
      '59s',
      '1m 05s',
      '1h 01m',
      '1d 1h',
    ]);
  });

  it('shows an age in its largest whole unit', () => {
    expect([500, 40_000, 300_000, 7_200_000, 200_000_000].map(formatAge)).toEqual([
      'just now',
      '40 s ago',
      '5 min ago',
      '2 h ago',
      '2 days ago',
    ]);
    expect(ageOf('2026-05-01T11:56:00Z', noon)).toBe('4 min ago');
  });

  it('counts up to now without an end', () => {
    expect(elapsed('2026-05-01T11:59:18Z', null, noon)).toBe('42s');
    expect(elapsed('2026-05-01T11:00:00Z', '2026-05-01T11:00:05Z', noon)).toBe('5s');
  });

  it('never shows a negative time', () => {
    expect(elapsed('2026-05-01T12:00:05Z', null, noon)).toBe('0s');
    expect(ageOf('2026-05-01T12:00:05Z', noon)).toBe('just now');
  });

  it('shows a size with at most two digits below 100, and rounds up to the next unit', () => {
    expect([812, 4_200, 9_960, 999_999, 1_300_000, 13_400_000].map(formatSize)).toEqual([
      '812 B',
      '4.2 kB',
      '10 kB',
      '1.0 MB',
      '1.3 MB',
      '13 MB',
    ]);
  });

  it('uses the singular and the plural, with separators in large numbers', () => {
    expect(plural(1, 'agent')).toBe('1 agent');
    expect(plural(0, 'agent')).toBe('0 agents');
    expect(plural(2, 'repository', 'repositories')).toBe('2 repositories');
    expect(plural(12_000, 'agent')).toBe('12,000 agents');
  });

  it('joins words as in a sentence', () => {
    expect(listOf([])).toBe('');
    expect(listOf(['a'])).toBe('a');
    expect(listOf(['a', 'b', 'c'])).toBe('a, b and c');
  });

  it('shows numbers in a row as a range', () => {
    expect(formatRanges([])).toBe('');
    expect(formatRanges([4])).toBe('4');
    expect(formatRanges([1, 2])).toBe('1, 2');
    expect(formatRanges([1, 2, 3, 5, 7, 8, 9])).toBe('1–3, 5, 7–9');
  });

  it('shortens ids and addresses', () => {
    expect(shortId('s_0123456789abcdef')).toBe('01234567');
    expect(repositoryName('https://github.com/acme/shop.git')).toBe('acme/shop');
    expect(repositoryName('git@github.com:acme/shop.git')).toBe('acme/shop');
    expect(repositoryName('shop')).toBe('shop');
  });
});
