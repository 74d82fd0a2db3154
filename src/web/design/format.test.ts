import { describe, expect, it } from 'vitest';
import { count, formatAge, formatDuration, formatSize, repositoryName, shortId } from './format.ts';

describe('words and numbers on the screen', () => {
  it('shows the age of a word in the largest whole unit', () => {
    const now = Date.parse('2026-05-01T12:00:00Z');
    expect(formatAge('2026-05-01T11:59:48Z', now)).toBe('12 s ago');
    expect(formatAge('2026-05-01T11:56:00Z', now)).toBe('4 min ago');
    expect(formatAge('2026-05-01T09:00:00Z', now)).toBe('3 h ago');
    expect(formatAge('2026-04-29T11:00:00Z', now)).toBe('2 d ago');
  });

  it('never shows a time in the future when clocks disagree', () => {
    expect(formatAge('2026-05-01T12:00:05Z', Date.parse('2026-05-01T12:00:00Z'))).toBe('just now');
  });

  it('shows durations like a stopwatch', () => {
    expect(formatDuration(42_000)).toBe('0:42');
    expect(formatDuration(11_231_000)).toBe('3:07:11');
  });

  it('shows sizes with at most two digits of interest', () => {
    expect(formatSize(812)).toBe('812 B');
    expect(formatSize(4200)).toBe('4.2 KB');
    expect(formatSize(13_400_000)).toBe('13 MB');
  });

  it('names one and many', () => {
    expect(count(1, 'agent')).toBe('1 agent');
    expect(count(12_000, 'agent')).toBe('12,000 agents');
  });

  it('shortens ids and addresses to what people say', () => {
    expect(shortId('s_0123456789abcdef')).toBe('01234567');
    expect(repositoryName('https://github.com/acme/shop.git')).toBe('acme/shop');
    expect(repositoryName('git@github.com:acme/shop.git')).toBe('acme/shop');
  });
});
