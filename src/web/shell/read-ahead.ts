import type { QueryClient } from '@tanstack/react-query';
import { api } from '../kernel/api.ts';
import { queryKeys } from '../kernel/queries.ts';
import { currentRoute, onRoute } from '../kernel/route.ts';
import { transcriptAhead } from '../kernel/transcript-ahead.ts';

/**
 * Asks at once for everything that the address needs. Otherwise the screen's code, the session and the transcript of the chosen
 * agent would be asked for one after the other, each only when the one before is there.
 */
export function startReadingAhead(client: QueryClient): void {
  const read = () => {
    const { dialog, session, agent, tab } = currentRoute();
    const isOfSession = dialog === 'execution' && session !== null;
    if (isOfSession)
      void client.prefetchQuery({
        queryKey: queryKeys.session(session),
        queryFn: () => api.session(session),
      });
    if (isOfSession && agent !== null && tab === null) transcriptAhead.read(session, agent);
    else transcriptAhead.drop();
  };
  onRoute(read);
  read();
}
