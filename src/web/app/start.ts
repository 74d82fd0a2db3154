import type { QueryClient } from '@tanstack/react-query';
import { readCursor } from '../notifications/cursor.ts';
import { startNotifying } from '../notifications/notify.ts';
import { api } from './api.ts';
import { goLive } from './live.ts';
import { queryKeys } from './queries.ts';

/** Reads the status, then follows everything that happened since this browser last looked. */
export async function startFollowing(client: QueryClient): Promise<void> {
  const status = await api.status();
  client.setQueryData(queryKeys.status, status);
  startNotifying(client);
  goLive(client, readCursor(status.lastPosition));
}
