import { expect, test } from 'vitest';
import { shortcutKey } from './shortcut-key.ts';

test.each([
  ['QWERTY', 's', 'KeyS', 's'],
  ['Caps Lock', 'S', 'KeyS', 's'],
  ['Cyrillic', 'ы', 'KeyS', 's'],
  ['Cyrillic with Caps Lock', 'К', 'KeyR', 'r'],
  ['Greek', 'ζ', 'KeyZ', 'z'],
  ['Hebrew', 'ז', 'KeyZ', 'z'],
  ['Arabic', 'ق', 'KeyR', 'r'],
  ['Cyrillic comma', 'б', 'Comma', ','],
  ['QWERTZ', 'z', 'KeyY', 'z'],
  ['AZERTY', 'z', 'KeyW', 'z'],
  ['Dvorak', 's', 'Semicolon', 's'],
  ['a key without a letter', 'Enter', 'Enter', 'enter'],
  ['a dead key', 'Dead', 'KeyS', 'dead'],
  ['no key at all', 'Unidentified', '', 'unidentified'],
])('recognizes the key of a shortcut on %s', (_, key, code, expected) => {
  expect(shortcutKey({ key, code })).toBe(expected);
});
