import type { QueryClient } from '@tanstack/react-query';
import { chooseTheme } from '../design/theme.ts';
import { api } from '../kernel/api.ts';
import { goLive } from '../kernel/live.ts';
import { queryKeys } from '../kernel/queries.ts';
import { readCursor } from '../notifications/cursor.ts';
import { startNotifying } from '../notifications/notify.ts';
import { startReadingAhead } from './read-ahead.ts';

/**
 * Reads the status and how the person likes it, then follows everything that happened since this browser last
 * looked. The theme is known before the first screen is drawn, also in a browser that never saw it chosen.
 */
export async function startFollowing(client: QueryClient): Promise<void> {
  const [status, preferences] = await Promise.all([api.status(), api.preferences()]);
  client.setQueryData(queryKeys.status, status);
  client.setQueryData(queryKeys.preferences, preferences);
  chooseTheme(preferences.theme);
  startNotifying(client);
  goLive(client, readCursor(status.lastPosition));
  // Not before it is known from where on events are heard: what happens between would be missing.
  startReadingAhead(client);
}
