import type { Result } from '../provider-error.ts';
import type { Clock } from './time.ts';

type Entry<Value> = { readonly key: string | null; readonly value: Value; readonly at: number };

/**
 * Keeps the last good answer of a read for the current key. Calls at the same time share one request, and a
 * failure is never kept: the next call asks again.
 */
export function cached<Value>(
  apiKey: () => string | null,
  clock: Clock,
  freshForMs: number,
  read: (key: string | null) => Promise<Result<Value>>,
): () => Promise<Result<Value>> {
  let entry: Entry<Value> | undefined;
  let open: { key: string | null; answer: Promise<Result<Value>> } | undefined;

  const ask = async (key: string | null): Promise<Result<Value>> => {
    const answer = await read(key);
    if (answer.ok) entry = { key, value: answer.value, at: clock() };
    return answer;
  };

  return () => {
    const key = apiKey();
    if (entry?.key === key && clock() - entry.at < freshForMs) {
      return Promise.resolve({ ok: true, value: entry.value });
    }
    if (open?.key !== key || open === undefined) {
      const answer = ask(key).finally(() => {
        if (open?.answer === answer) open = undefined;
      });
      open = { key, answer };
    }
    return open.answer;
  };
}
