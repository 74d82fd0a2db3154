import { keepPreviousData, useQueries } from '@tanstack/react-query';
import { useState } from 'react';
import type { SessionsQuery } from '../../contract/requests.ts';
import type { SessionView } from '../../contract/session-views.ts';
import { api } from '../kernel/api.ts';
import { queryKeys } from '../kernel/queries.ts';

export const pageSize = 50;

/** The pages that contain the rows from `first` to `last`. */
export function pagesFor(first: number, last: number): number[] {
  const from = Math.floor(Math.max(0, first) / pageSize);
  const to = Math.floor(Math.max(0, last) / pageSize);
  return Array.from({ length: to - from + 1 }, (_, offset) => from + offset);
}

export type SessionRows = {
  readonly total: number;
  /** The session in a row; undefined while its page is loading. */
  readonly at: (row: number) => SessionView | undefined;
  readonly isLoading: boolean;
  readonly error: unknown;
};

/** Loads only the visible pages of the list; the daemon searches and sorts. */
export function useSessionRows(query: SessionsQuery, pages: readonly number[]): SessionRows {
  const results = useQueries({
    queries: pages.map((page) => ({
      queryKey: [...queryKeys.sessions, query, page],
      queryFn: () => api.sessions({ ...query, limit: pageSize, offset: page * pageSize }),
      placeholderData: keepPreviousData,
    })),
  });
  const byPage = new Map(pages.map((page, index) => [page, results[index]?.data]));
  const loaded = results.find(({ data }) => data !== undefined)?.data;
  // Keeps the last total while the visible pages are loading, so that the scroll position is kept.
  const [total, setTotal] = useState(0);
  if (loaded !== undefined && loaded.total !== total) setTotal(loaded.total);
  return {
    total,
    at: (row) => byPage.get(Math.floor(row / pageSize))?.items[row % pageSize],
    isLoading: results.some(({ isPending }) => isPending),
    error: results.find(({ isError }) => isError)?.error ?? null,
  };
}
