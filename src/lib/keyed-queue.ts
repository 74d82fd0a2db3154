/** Runs tasks with the same key one after another; tasks with different keys do not wait for each other. */
export type KeyedQueue = <Value>(key: string, task: () => Promise<Value>) => Promise<Value>;

export function createKeyedQueue(): KeyedQueue {
  const last = new Map<string, Promise<unknown>>();
  return async (key, task) => {
    const previous = last.get(key);
    const current = (async () => {
      await previous?.catch(() => {}); // Its own caller handles the error.
      return await task();
    })();
    last.set(key, current);
    try {
      return await current;
    } finally {
      if (last.get(key) === current) last.delete(key);
    }
  };
}
