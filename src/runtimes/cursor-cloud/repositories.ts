import type { Result } from '../provider-error.ts';
import { providerError } from './errors.ts';
import { MISSING_KEY } from './rest.ts';
import { failureFromHost } from './sdk-failures.ts';
import type { SdkHost } from './sdk-host/client.ts';
import type { Clock } from './time.ts';

type Repositories = { readonly urls: readonly string[]; readonly refreshedAt: number };

/** Cursor's limits for this endpoint, per user. */
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const CALLS_PER_HOUR = 30;
const CACHE_MS = 15 * MINUTE_MS;

/**
 * The repositories that the key's owner can access. Cursor allows one call a minute and 30 an hour, and a call may take
 * tens of seconds, so the list is cached. If a refresh fails, the cached list is returned if there is one.
 */
export function createRepositories(host: SdkHost, apiKey: () => string | null, clock: Clock) {
  let cached: (Repositories & { readonly key: string }) | undefined;
  let calls: number[] = [];
  let pending: { key: string; result: Promise<Result<Repositories>> } | undefined;

  async function refresh(key: string): Promise<Result<Repositories>> {
    calls.push(clock());
    const result = await host.call<'repositories'>(key, { name: 'repositories' });
    if (!result.ok) {
      const { error } = failureFromHost(result.failure, clock());
      return cachedFor(key) ?? { ok: false, error };
    }
    cached = { key, urls: result.value.map(({ url }) => url), refreshedAt: clock() };
    return { ok: true, value: { urls: cached.urls, refreshedAt: cached.refreshedAt } };
  }

  const cachedFor = (key: string): Result<Repositories> | undefined =>
    cached?.key === key
      ? { ok: true, value: { urls: cached.urls, refreshedAt: cached.refreshedAt } }
      : undefined;

  /** Milliseconds until Cursor would allow another call. */
  function waitMs(): number {
    const now = clock();
    calls = calls.filter((at) => now - at < HOUR_MS);
    const last = calls.at(-1);
    const minuteWait = last === undefined ? 0 : last + MINUTE_MS - now;
    const oldest = calls.length >= CALLS_PER_HOUR ? calls[0] : undefined;
    return Math.max(0, minuteWait, oldest === undefined ? 0 : oldest + HOUR_MS - now);
  }

  return async (options: { refresh?: boolean } = {}): Promise<Result<Repositories>> => {
    const key = apiKey();
    if (key === null) return { ok: false, error: MISSING_KEY.error };
    const cachedResult = cachedFor(key);
    const isFresh =
      cachedResult?.ok === true && clock() - cachedResult.value.refreshedAt < CACHE_MS;
    if (cachedResult !== undefined && isFresh && options.refresh !== true) return cachedResult;
    if (pending?.key === key) return pending.result;
    const retryAfterMs = waitMs();
    if (retryAfterMs > 0) {
      if (cachedResult !== undefined) return cachedResult;
      const error = providerError(
        'rate_limited',
        'Cursor lists repositories only once per minute.',
      );
      return { ok: false, error: { ...error, retryAfterMs } };
    }
    const result = refresh(key).finally(() => {
      if (pending?.result === result) pending = undefined;
    });
    pending = { key, result };
    return result;
  };
}
