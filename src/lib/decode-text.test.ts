import { expect, test } from 'vitest';
import { decodeText } from './decode-text.ts';

const text = 'Zażółć "gęślą" jaźń\r\n{"name": "żółw 🐢"}\r\n';
const utf16 = Buffer.from(text, 'utf16le');

test.each([
  ['UTF-8', Buffer.from(text)],
  ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${text}`)],
  ['UTF-16', Buffer.from(`\uFEFF${text}`, 'utf16le')],
  ['UTF-16 without a byte order mark', utf16],
  ['big-endian UTF-16', Buffer.from(`\uFEFF${text}`, 'utf16le').swap16()],
  ['big-endian UTF-16 without a byte order mark', Buffer.from(utf16).swap16()],
])('reads %s', (_, bytes) => {
  expect(decodeText(bytes)).toBe(text);
});

test('reads an empty file as an empty text', () => {
  expect(decodeText(new Uint8Array())).toBe('');
  expect(decodeText(Uint8Array.of(0xff, 0xfe))).toBe('');
});

test.each([
  ['Latin-1', Uint8Array.of(0x5a, 0xf3, 0xb3, 0x77)],
  ['a picture', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d)],
  ['UTF-32', Uint8Array.of(0xff, 0xfe, 0, 0, 0x61, 0, 0, 0)],
  ['half a character of UTF-16', Uint8Array.of(0xff, 0xfe, 0x3d, 0xd8)],
  ['an odd number of bytes of UTF-16', Uint8Array.of(0xff, 0xfe, 0x61, 0, 0x62)],
  ['text with NUL', Buffer.from('a\0b')],
])('does not accept %s as text', (_, bytes) => {
  expect(decodeText(bytes)).toBeNull();
});
