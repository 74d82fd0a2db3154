import { keepPreviousData, useQueries } from '@tanstack/react-query';
import { useState } from 'react';
import type { SessionsQuery } from '../../contract/requests.ts';
import type { SessionView } from '../../contract/session-views.ts';
import { api } from '../kernel/api.ts';
import { queryKeys } from '../kernel/queries.ts';

export const pageSize = 50;

/** Which pages hold the rows from `first` to `last`. */
export function pagesFor(first: number, last: number): number[] {
  const from = Math.floor(Math.max(0, first) / pageSize);
  const to = Math.floor(Math.max(0, last) / pageSize);
  return Array.from({ length: to - from + 1 }, (_, offset) => from + offset);
}

export type SessionRows = {
  readonly total: number;
  /** The session in a row; undefined while its page is on the way. */
  readonly at: (row: number) => SessionView | undefined;
  readonly isLoading: boolean;
  readonly error: unknown;
};

/** Reads only those pages of the list that are in sight; the daemon searches and sorts. */
export function useSessionRows(query: SessionsQuery, pages: readonly number[]): SessionRows {
  const results = useQueries({
    queries: pages.map((page) => ({
      queryKey: [...queryKeys.sessions, query, page],
      queryFn: () => api.sessions({ ...query, limit: pageSize, offset: page * pageSize }),
      placeholderData: keepPreviousData,
    })),
  });
  const byPage = new Map(pages.map((page, place) => [page, results[place]?.data]));
  const known = results.find(({ data }) => data !== undefined)?.data;
  // While none of the pages in sight has come yet, the list keeps its length, and with it its place.
  const [total, setTotal] = useState(0);
  if (known !== undefined && known.total !== total) setTotal(known.total);
  return {
    total,
    at: (row) => byPage.get(Math.floor(row / pageSize))?.items[row % pageSize],
    isLoading: results.some(({ isPending }) => isPending),
    error: results.find(({ isError }) => isError)?.error ?? null,
  };
}
