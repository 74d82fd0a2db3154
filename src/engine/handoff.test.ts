import { expect, test } from 'vitest';
import { handoffContent } from './handoff.ts';

const json = { handoffFormat: 'structured-json' } as const;
const summary = { handoffFormat: 'summary' } as const;

test('takes the last fenced JSON block, with any line ending and any length of fence', () => {
  const result = 'First\n```json\n{"a":1}\n```\nthen\r\n````json\r\n{"a":2}\r\n````\r\nend';
  expect(handoffContent(json, result)).toEqual({ ok: true, content: '{\n  "a": 2\n}' });
  expect(handoffContent(json, '[1]')).toMatchObject({ ok: true });
  expect(handoffContent(json, '```json\n{"a":1}')).toMatchObject({ ok: false });
});

test('takes the section below the last summary heading', () => {
  const result = '# Work\nlong\n## Hand-off summary ##\nshort\n### Detail\nmore\n## Next\nno';
  expect(handoffContent(summary, result)).toEqual({ ok: true, content: 'short\n### Detail\nmore' });
  expect(handoffContent(summary, 'no heading')).toEqual({ ok: true, content: 'no heading' });
});

test('is not held up by a message that was made to be slow to read', () => {
  for (const result of [
    '```json\n'.repeat(500_000),
    `\`\`\`json${'\n'.repeat(1_000_000)}`,
    `# a${' '.repeat(1_000_000)}\rb`,
    `#${'#'.repeat(1_000_000)} a`,
  ]) {
    // With the square of the text these would take longer than any test may.
    expect(handoffContent(json, result)).toMatchObject({ ok: false });
    expect(handoffContent(summary, result)).toMatchObject({ ok: true });
  }
});

test('calls it a mistake when the JSON is nested beyond reason', () => {
  const nested = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
  expect(handoffContent(json, nested)).toEqual({
    ok: false,
    mistakes: ['the JSON is nested too deeply'],
  });
});

test('names a few mistakes and counts the rest', () => {
  const handoffSchema = { type: 'array', items: { type: 'string' } };
  const found = handoffContent({ ...json, handoffSchema }, JSON.stringify(Array(5_000).fill(1)));
  const mistakes = found.ok ? [] : found.mistakes;
  expect(mistakes).toHaveLength(21);
  expect(mistakes.at(-1)).toBe('and 4980 more');
});
