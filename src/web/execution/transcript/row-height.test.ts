import { expect, test } from 'vitest';
import { estimateRowHeight } from './row-height.ts';

const common = { key: '1', at: '2026-01-01T00:00:00.000Z' };
const text = (length: number) => ({
  ...common,
  kind: 'text' as const,
  text: 'x'.repeat(length),
  segments: [],
});

test('estimates text by its lines, which are shorter in a narrow list', () => {
  expect(estimateRowHeight(text(3000), 1000)).toBeGreaterThan(
    5 * estimateRowHeight(text(300), 1000),
  );
  expect(estimateRowHeight(text(3000), 350)).toBeGreaterThan(
    2 * estimateRowHeight(text(3000), 1000),
  );
  expect(estimateRowHeight(text(10), 0)).toBeLessThan(100);
});

test('estimates a collapsed row as one line', () => {
  const thinking = { ...text(3000), kind: 'thinking' as const };
  const prompt = { ...common, kind: 'prompt' as const, title: 'Prompt', text: 'x'.repeat(3000) };
  expect(estimateRowHeight(thinking, 1000)).toBeLessThan(60);
  expect(estimateRowHeight({ ...prompt, isFromUser: false }, 1000)).toBeLessThan(60);
  expect(estimateRowHeight({ ...prompt, isFromUser: true }, 1000)).toBeGreaterThan(300);
});
