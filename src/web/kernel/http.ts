import type { ErrorView } from '../../contract/error-views.ts';
import { ApiError } from '../../contract/errors.ts';
import { startCommand } from './start-command.ts';

export const csrf = {
  /** In local storage, which is separate for each port. Cookies are not: another local server could be sent ours. */
  storageKey: 'cerevisor.csrf',
  store(token: string): void {
    localStorage.setItem(csrf.storageKey, token);
  },
  header(): Record<string, string> {
    const token = localStorage.getItem(csrf.storageKey);
    return token === null ? {} : { 'x-cerevisor-csrf': token };
  },
};

type Query = Readonly<Record<string, unknown>>;
type RequestOptions = {
  method?: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  query?: Query;
  body?: unknown;
  signal?: AbortSignal | undefined;
};

export function buildUrl(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query))
    if (value !== undefined && value !== '') search.set(key, String(value));
  return search.size === 0 ? path : `${path}?${search}`;
}

export async function fetchFromDaemon(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(0, {
      code: 'daemon_unreachable',
      message: 'Cerevisor does not respond on this machine.',
      suggestion: `Start it in a terminal with "${startCommand()}"; this page reconnects automatically.`,
    });
  }
}

export async function toApiError(response: Response): Promise<ApiError> {
  const unreadable: ErrorView = {
    code: 'internal_error',
    message: `Cerevisor responded with status ${response.status} and no explanation.`,
  };
  const body: unknown = await response.json().then(
    (json) => json,
    () => null,
  );
  const isExplained = typeof body === 'object' && body !== null && 'error' in body;
  // Every response with an error status carries this body (`errorBodySchema`).
  return new ApiError(response.status, isExplained ? (body.error as ErrorView) : unreadable);
}

/** The response is trusted to match the contract: daemon and page come from the same build. */
export async function callDaemon<Result>(
  path: string,
  { method, query, body, signal }: RequestOptions = {},
): Promise<Result> {
  const headers: Record<string, string> = { accept: 'application/json', ...csrf.header() };
  if (method !== undefined) headers['content-type'] = 'application/json';
  const response = await fetchFromDaemon(buildUrl(path, query), {
    method: method ?? 'GET',
    headers,
    ...(method !== undefined && { body: JSON.stringify(body ?? {}) }),
    ...(signal !== undefined && { signal }),
  });
  if (!response.ok) throw await toApiError(response);
  return response.json() as Promise<Result>;
}
