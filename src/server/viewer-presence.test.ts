import { expect, test } from 'vitest';
import type { SessionId } from '../session/ids.ts';
import { Attention } from './viewer-presence.ts';

test('counts a look at a session for two minutes', () => {
  let now = 0;
  const attention = new Attention(() => now);
  const id = 's_1' as SessionId;
  expect(attention.isOn(id)).toBe(false);
  attention.note(id);
  now = 119_999;
  expect(attention.isOn(id)).toBe(true);
  now = 120_000;
  expect(attention.isOn(id)).toBe(false);
});
