import type { z } from 'zod';
import type { sessionsQuerySchema } from '../contract/requests.ts';
import { sessionStatusSchema } from '../contract/session-views.ts';
import type { SessionQuery } from '../journal/types.ts';

/** The filter of a session list, or of a dismissal. */
export type SessionFilter = Pick<
  z.output<typeof sessionsQuerySchema>,
  'mode' | 'status' | 'queued' | 'settled' | 'search'
> & { readonly workflow?: string | undefined };

/** Converts a client's filter to a journal query. */
export function toSessionQuery({
  mode,
  status,
  queued,
  settled,
  search,
  workflow,
}: SessionFilter): Omit<SessionQuery, 'limit'> {
  const statuses = rowStatuses(status, queued);
  return {
    ...(mode === undefined ? {} : { mode }),
    ...(statuses === undefined ? {} : { statuses }),
    ...(settled === undefined ? {} : { isSettled: settled === 'true' }),
    ...(workflow === undefined ? {} : { workflowId: workflow }),
    ...(search === undefined ? {} : { search }),
  };
}

/** In the journal, a session that waits for a free slot has the status `queued`; for clients it is `running`. */
function rowStatuses(
  requested: SessionFilter['status'],
  queued: SessionFilter['queued'],
): readonly string[] | undefined {
  if (requested === undefined && queued === undefined) return undefined;
  const statuses = (requested ?? sessionStatusSchema.options).flatMap((status) =>
    status === 'running' ? ['running', 'queued'] : [status],
  );
  if (queued === undefined) return statuses;
  return statuses.filter((status) => (status === 'queued') === (queued === 'true'));
}
