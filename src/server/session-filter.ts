import type { z } from 'zod';
import type { sessionsQuerySchema } from '../contract/requests.ts';
import { sessionStatusSchema } from '../contract/session-views.ts';
import type { SessionQuery } from '../journal/types.ts';

/** What narrows a list of sessions, and a dismissal of those on it. */
export type SessionFilter = Pick<
  z.output<typeof sessionsQuerySchema>,
  'mode' | 'status' | 'queued' | 'settled' | 'search'
> & { readonly workflow?: string | undefined };

/** The rows of the journal that a client's filter is about. */
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

/** A row that waits for a free slot says `queued`; for clients its session is running. */
function rowStatuses(
  asked: SessionFilter['status'],
  queued: SessionFilter['queued'],
): readonly string[] | undefined {
  if (asked === undefined && queued === undefined) return undefined;
  const wanted = (asked ?? sessionStatusSchema.options).flatMap((status) =>
    status === 'running' ? ['running', 'queued'] : [status],
  );
  if (queued === undefined) return wanted;
  return wanted.filter((status) => (status === 'queued') === (queued === 'true'));
}
