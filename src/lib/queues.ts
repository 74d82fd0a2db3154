/** Acts with one key happen one after the other; those with different keys do not wait for each other. */
export type InTurn = <Value>(key: string, act: () => Promise<Value>) => Promise<Value>;

export function createQueues(): InTurn {
  const last = new Map<string, Promise<unknown>>();
  return async (key, act) => {
    const before = last.get(key);
    const mine = (async () => {
      await before?.catch(() => {}); // Its own caller hears of it.
      return await act();
    })();
    last.set(key, mine);
    try {
      return await mine;
    } finally {
      if (last.get(key) === mine) last.delete(key);
    }
  };
}
