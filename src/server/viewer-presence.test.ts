import { expect, test } from 'vitest';
import type { SessionId } from '../session/ids.ts';
import { ViewerPresence } from './viewer-presence.ts';

test('counts a session as viewed for two minutes', () => {
  let now = 0;
  const viewerPresence = new ViewerPresence(() => now);
  const id = 's_1' as SessionId;
  expect(viewerPresence.isViewed(id)).toBe(false);
  viewerPresence.recordView(id);
  now = 119_999;
  expect(viewerPresence.isViewed(id)).toBe(true);
  now = 120_000;
  expect(viewerPresence.isViewed(id)).toBe(false);
});
