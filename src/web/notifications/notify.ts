import type { QueryClient } from '@tanstack/react-query';
import type { PreferencesView } from '../../contract/responses.ts';
import { api } from '../kernel/api.ts';
import { onLive } from '../kernel/connection.ts';
import { onEvents } from '../kernel/live-updates.ts';
import { queryKeys } from '../kernel/queries.ts';
import { announce } from './announce.ts';
import { advanceCursor, storedPosition } from './cursor.ts';
import { rememberNeed } from './notified-needs.ts';
import { createNotifier } from './notifier.ts';

/** Announces relevant transitions for the lifetime of the page. */
export function startNotifications(client: QueryClient): void {
  const notify = createNotifier({
    // All windows receive the same events at the same time; a lock lets one of them announce each.
    exclusively: (task) => navigator.locks.request('cerevisor.notify', task),
    position: storedPosition,
    advance: advanceCursor,
    isEnabled: async () => {
      const preferences = await client.ensureQueryData<PreferencesView>({
        queryKey: queryKeys.preferences,
        queryFn: api.preferences,
      });
      return preferences.notifications;
    },
    loadSession: api.session,
    rememberNeed,
    announce,
  });
  onEvents((events) => void notify(events));
  // What could not be loaded before the daemon was gone is announced now.
  onLive(() => void notify([]));
}
