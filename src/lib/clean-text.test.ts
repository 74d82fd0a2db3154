import { expect, test } from 'vitest';
import { cleanText, escapeControlCharacters } from './clean-text.ts';

test.each([
  ['\u001b[31mred\u001b[0m', 'red'],
  ['\u009b31mred\u009b0m', 'red'],
  ['\u001b[38;2;1;2;3mred', 'red'],
  ['\u001b]0;title\u0007text', 'text'],
  ['\u001b]8;;https://x.y\u001b\\link\u001b]8;;\u001b\\', 'link'],
  ['\u009d52;c;aGk=\u009ctext', 'text'],
  ['\u001bPdevice\u001b\\text', 'text'],
  ['\u001b(Btext\u001bc', 'text'],
  ['a\u202etxt.exe\u2066b\u200b\ufeff', 'atxt.exeb'],
  ['a\u0000\u0007\u0008\u007f\u0085b', 'ab'],
  ['one\r\ntwo\rthree\tfour', 'one\ntwo\nthree\tfour'],
  ['\ud83d', '\ufffd'],
  ['Zażółć עברית 👩‍💻 [31m]', 'Zażółć עברית 👩‍💻 [31m]'],
])('cleans %j', (text, expected) => {
  expect(cleanText(text)).toBe(expected);
});

test('handles many unterminated control sequences in linear time', () => {
  for (const start of ['\u001b]', '\u001b[', '\u009b1', '\u001bP', '\u001b'])
    expect(cleanText(start.repeat(200_000))).not.toContain('\u001b');
});

test('escapes control characters in JSON without changing its value', () => {
  const value = { text: 'a\u009b31m\u202eb\u200b\u007f\ufeff\u2028 👩‍💻', 'k\u0085': ['\u001b'] };
  const json = escapeControlCharacters(JSON.stringify(value, null, 2));
  expect(JSON.parse(json)).toEqual(value);
  expect(json.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u200b\u2028\u202e\ufeff]/u);
});
