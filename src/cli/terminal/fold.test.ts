import { expect, test } from 'vitest';
import { fold } from './fold.ts';
import { line, paint, quiet, strong } from './lines.ts';
import { widthOf } from './text.ts';

const plain = { color: false, unicode: true };
const folded = (text: string, width: number) =>
  fold(line(text), width).map((parts) => paint(parts, plain));

test('does not change a line that fits', () => {
  expect(folded('Cerevisor is not running.', 60)).toEqual(['Cerevisor is not running.']);
});

test('breaks between words, and indents continuation lines', () => {
  expect(folded('  one two three four', 13)).toEqual(['  one two', '    three', '    four']);
  for (let width = 24; width < 70; width += 1) {
    const text =
      'error: The workflow cannot start: it names a repository that Cursor may not read.';
    const lines = folded(text, width);
    expect(lines.every((part) => widthOf(part) <= width)).toBe(true);
    expect(lines.map((part) => part.trim()).join(' ')).toBe(text);
  }
});

test('does not break commands to type, however narrow the terminal is', () => {
  const text =
    'Started 3f9a1c2e on the rehearsal cloud. Watch it with: cerevisor reconnect 3f9a1c2e';
  expect(folded(text, 60)).toEqual([
    'Started 3f9a1c2e on the rehearsal cloud. Watch it with:',
    '  cerevisor reconnect 3f9a1c2e',
  ]);
  const advice =
    'Start it again from this shell: `cerevisor stop`, then `cerevisor start --port 4800`.';
  expect(folded('  More:       cerevisor show 3f9a1c2e   cerevisor logs 3f9a1c2e', 50)).toEqual([
    '  More:       cerevisor show 3f9a1c2e',
    '    cerevisor logs 3f9a1c2e',
  ]);
  for (let width = 36; width < 90; width += 1) {
    const shown = folded(advice, width).join('\n');
    expect(shown).toContain('`cerevisor stop`');
    expect(shown).toContain('`cerevisor start --port 4800`');
  }
});

test('does not break a word that is wider than the terminal, so that it can be copied', () => {
  const address = 'http://127.0.0.1:4780/#login=q7Jx-0aZ_kP3vR9tYw2LmN4bC6dE8fGhIjKlMnOpQrS';
  expect(folded(`Open ${address} now`, 40)).toEqual(['Open', `  ${address}`, '  now']);
});

test('keeps the tone of every word, and counts the columns of wide characters', () => {
  const parts = fold(line(strong('設計者 の'), quiet(' 仕事 です')), 11);
  expect(parts.map((part) => part.map(({ text, tone }) => [tone, text]))).toEqual([
    [['strong', '設計者 の']],
    [
      ['plain', '  '],
      ['quiet', '仕事 です'],
    ],
  ]);
});
