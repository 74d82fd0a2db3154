import type { Result } from '../provider-error.ts';
import { ownError } from './errors.ts';
import { MISSING_KEY } from './rest.ts';
import { failureFromHost } from './sdk-failures.ts';
import type { SdkHost } from './sdk-host/client.ts';
import type { Clock } from './time.ts';

type Repositories = { readonly urls: readonly string[]; readonly refreshedAt: number };

/** Cursor's own limits for this one endpoint, per user. */
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const CALLS_PER_HOUR = 30;
const FRESH_FOR_MS = 15 * MINUTE_MS;

/**
 * The repositories that the key's owner can reach. Cursor allows one call a minute and 30 an hour and takes up
 * to tens of seconds, so the list is kept; a failed refresh answers with the old list where there is one.
 */
export function createRepositories(host: SdkHost, apiKey: () => string | null, clock: Clock) {
  let kept: (Repositories & { readonly key: string }) | undefined;
  let calls: number[] = [];
  let open: { key: string; answer: Promise<Result<Repositories>> } | undefined;

  async function ask(key: string): Promise<Result<Repositories>> {
    calls.push(clock());
    const answer = await host.call<'repositories'>(key, { name: 'repositories' });
    if (!answer.ok) {
      const { error } = failureFromHost(answer.failure, clock());
      return keptFor(key) ?? { ok: false, error };
    }
    kept = { key, urls: answer.value.map(({ url }) => url), refreshedAt: clock() };
    return { ok: true, value: { urls: kept.urls, refreshedAt: kept.refreshedAt } };
  }

  const keptFor = (key: string): Result<Repositories> | undefined =>
    kept?.key === key
      ? { ok: true, value: { urls: kept.urls, refreshedAt: kept.refreshedAt } }
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
    const known = keptFor(key);
    const isFresh = known?.ok === true && clock() - known.value.refreshedAt < FRESH_FOR_MS;
    if (known !== undefined && isFresh && options.refresh !== true) return known;
    if (open?.key === key) return open.answer;
    const retryAfterMs = waitMs();
    if (retryAfterMs > 0) {
      if (known !== undefined) return known;
      const error = ownError('rate_limited', 'Cursor lists repositories only once per minute.');
      return { ok: false, error: { ...error, retryAfterMs } };
    }
    const answer = ask(key).finally(() => {
      if (open?.answer === answer) open = undefined;
    });
    open = { key, answer };
    return answer;
  };
}
