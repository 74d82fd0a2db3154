import { expect, test } from 'vitest';
import { asSentence } from '../../lib/as-sentence.ts';
import { appearanceOf } from './appearance.ts';
import { line, paint, strong, wrap } from './lines.ts';
import { cleanText, pad, truncate, widthOf } from './text.ts';

const terminal = { isTTY: true };
const utf8 = { LANG: 'en_US.UTF-8', TERM: 'xterm-256color' };

test('colors and redraws only on a capable terminal', () => {
  expect(appearanceOf(terminal, utf8, 'linux')).toEqual({
    isInteractive: true,
    color: true,
    unicode: true,
  });
  expect(appearanceOf({}, utf8, 'linux')).toMatchObject({ isInteractive: false, color: false });
  expect(appearanceOf(terminal, { ...utf8, TERM: 'dumb' }, 'linux')).toMatchObject({
    isInteractive: false,
    color: false,
  });
  expect(appearanceOf(terminal, { ...utf8, CI: 'true' }, 'linux')).toMatchObject({
    isInteractive: false,
  });
});

test('NO_COLOR disables only color; FORCE_COLOR enables it in a pipe', () => {
  expect(appearanceOf(terminal, { ...utf8, NO_COLOR: '1' }, 'linux')).toMatchObject({
    isInteractive: true,
    color: false,
  });
  expect(appearanceOf({}, { ...utf8, FORCE_COLOR: '1' }, 'linux').color).toBe(true);
  expect(appearanceOf({}, { ...utf8, FORCE_COLOR: '1', NO_COLOR: '1' }, 'linux').color).toBe(false);
});

test('uses ASCII if the locale is not UTF-8', () => {
  expect(appearanceOf(terminal, { LANG: 'C' }, 'linux').unicode).toBe(false);
  expect(appearanceOf(terminal, {}, 'linux').unicode).toBe(false);
  expect(appearanceOf(terminal, { LANG: 'C', LC_ALL: 'de_DE.utf8' }, 'linux').unicode).toBe(true);
  expect(appearanceOf(terminal, {}, 'darwin').unicode).toBe(true);
});

test('removes escape sequences, control characters and bidirectional marks, and keeps the text', () => {
  const text =
    '\u001b[31mred\u001b[0m \u001b]8;;http://x\u0007link\u001b]8;;\u0007 \u202Eabc\u0000\ttab\r\nnext';
  expect(cleanText(text)).toBe('red link abc  tab\nnext');
  expect(cleanText('\ud800')).toBe('\ufffd');
});

test('truncates by columns and never inside a character', () => {
  expect(truncate('checkout', 8, '…')).toBe('checkout');
  expect(truncate('checkouts', 8, '…')).toBe('checkou…');
  expect(truncate('設計者', 4, '…')).toBe('設…');
  expect(truncate('abcdef', 5, '...')).toBe('ab...');
  expect(truncate('👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 3, '…')).toBe('👩‍👩‍👧‍👦…');
  expect(widthOf(pad('設', 5))).toBe(5);
});

test('a painted line that does not fit ends with an ellipsis, wherever its spans end', () => {
  for (let width = 4; width <= 12; width += 1) {
    for (const unicode of [true, false]) {
      const row = paint(line(strong('abcd'), 'efgh', 'ijkl'), { color: false, unicode }, width);
      expect(row.length).toBeLessThanOrEqual(width);
      if (width < 12) expect(row.endsWith(unicode ? '…' : '...')).toBe(true);
    }
  }
});

test('wraps words into lines', () => {
  expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
});

test('removes terminal commands in linear time, even unterminated ones', () => {
  const link = 'a\u001b]8;;http://x\u0007link\u001b]8;;\u001b\\b';
  expect(cleanText(link)).toBe('alinkb');
  for (const start of ['\u001b]8;;', '\u001b\u001b]]']) {
    // With quadratic time this would exceed the timeout of the test.
    expect(cleanText(start.repeat(500_000))).not.toContain('\u001b');
  }
});

test('ends a message with a period unless it already ends a sentence', () => {
  expect(asSentence('GitHub is not connected')).toBe('GitHub is not connected.');
  for (const whole of ['Done.', 'Really?', 'It said: "no."', ''])
    expect(asSentence(whole)).toBe(whole);
});
