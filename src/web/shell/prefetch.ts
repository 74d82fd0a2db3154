import type { QueryClient } from '@tanstack/react-query';
import { api } from '../kernel/api.ts';
import { queryKeys } from '../kernel/queries.ts';
import { currentRoute, onRouteChange } from '../kernel/route.ts';
import { transcriptPrefetch } from '../kernel/transcript-prefetch.ts';

/**
 * Requests everything that the route needs at once. Otherwise the screen's code, the session and the transcript would
 * be loaded one after the other.
 */
export function startPrefetching(client: QueryClient): void {
  const read = () => {
    const { dialog, session, agent, tab } = currentRoute();
    const isOfSession = dialog === 'execution' && session !== null;
    if (isOfSession)
      void client.prefetchQuery({
        queryKey: queryKeys.session(session),
        queryFn: () => api.session(session),
      });
    if (isOfSession && agent !== null && tab === null) transcriptPrefetch.read(session, agent);
    else transcriptPrefetch.drop();
  };
  onRouteChange(read);
  read();
}
