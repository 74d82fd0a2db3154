/** Runs `action` for every item, at most `limit` at a time. Resolves when all are done; rejects with the first error. */
export async function forEachLimited<Item>(
  limit: number,
  items: readonly Item[],
  action: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const worker = async (): Promise<void> => {
    for (const item of queue) await action(item);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
}
