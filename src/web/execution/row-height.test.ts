import { expect, test } from 'vitest';
import { aboutRowHeight } from './row-height.ts';

const common = { key: '1', at: '2026-01-01T00:00:00.000Z' };
const text = (length: number) => ({
  ...common,
  kind: 'text' as const,
  text: 'x'.repeat(length),
  pieces: [],
});

test('a text is as high as its lines, which are shorter where there is less room', () => {
  expect(aboutRowHeight(text(3000), 1000)).toBeGreaterThan(5 * aboutRowHeight(text(300), 1000));
  expect(aboutRowHeight(text(3000), 350)).toBeGreaterThan(2 * aboutRowHeight(text(3000), 1000));
  expect(aboutRowHeight(text(10), 0)).toBeLessThan(100);
});

test('what is folded is one line, however long it is inside', () => {
  const thinking = { ...text(3000), kind: 'thinking' as const };
  const prompt = { ...common, kind: 'prompt' as const, title: 'Prompt', text: 'x'.repeat(3000) };
  expect(aboutRowHeight(thinking, 1000)).toBeLessThan(60);
  expect(aboutRowHeight({ ...prompt, isOwn: false }, 1000)).toBeLessThan(60);
  expect(aboutRowHeight({ ...prompt, isOwn: true }, 1000)).toBeGreaterThan(300);
});
