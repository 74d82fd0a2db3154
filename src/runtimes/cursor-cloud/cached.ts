import type { Result } from '../provider-error.ts';
import type { Clock } from './time.ts';

type Entry<Value> = { readonly key: string | null; readonly value: Value; readonly at: number };

/**
 * Caches the last successful result of a read for the current key. Concurrent calls share one request. Failures are not
 * cached.
 */
export function cached<Value>(
  apiKey: () => string | null,
  clock: Clock,
  freshForMs: number,
  read: (key: string | null) => Promise<Result<Value>>,
): () => Promise<Result<Value>> {
  let entry: Entry<Value> | undefined;
  let pending: { key: string | null; result: Promise<Result<Value>> } | undefined;

  const refresh = async (key: string | null): Promise<Result<Value>> => {
    const result = await read(key);
    if (result.ok) entry = { key, value: result.value, at: clock() };
    return result;
  };

  return () => {
    const key = apiKey();
    if (entry?.key === key && clock() - entry.at < freshForMs) {
      return Promise.resolve({ ok: true, value: entry.value });
    }
    if (pending?.key !== key || pending === undefined) {
      const result = refresh(key).finally(() => {
        if (pending?.result === result) pending = undefined;
      });
      pending = { key, result };
    }
    return pending.result;
  };
}
