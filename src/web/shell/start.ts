import type { QueryClient } from '@tanstack/react-query';
import { chooseTheme } from '../design/theme.ts';
import { api } from '../kernel/api.ts';
import { startLiveUpdates } from '../kernel/live-updates.ts';
import { queryKeys } from '../kernel/queries.ts';
import { readCursor } from '../notifications/cursor.ts';
import { startNotifications } from '../notifications/notify.ts';
import { startPrefetching } from './prefetch.ts';

/**
 * Loads status and preferences, then follows all events since this browser last did. The theme is applied before the
 * first screen is rendered, also in a new browser.
 */
export async function connectToDaemon(client: QueryClient): Promise<void> {
  const [status, preferences] = await Promise.all([api.status(), api.preferences()]);
  client.setQueryData(queryKeys.status, status);
  client.setQueryData(queryKeys.preferences, preferences);
  chooseTheme(preferences.theme);
  startNotifications(client);
  startLiveUpdates(client, readCursor(status.lastPosition));
  // Only once events are received: those in between would be missed.
  startPrefetching(client);
}
