import type { PackedItem } from './pack-codec.ts';

type Range = {
  readonly key: 'seq' | 'position';
  readonly after: number;
  readonly before: number;
  readonly newestFirst: boolean;
};
type Place = { readonly first: number; readonly last: number };
type Cursor<Pack> = { readonly pack: Pack; readonly items: readonly PackedItem[]; at: number };

/** Merges the items of packs that overlap, in the order of a range, without looking at more of them than are taken. */
export class PackMerge<Pack extends Place> {
  readonly #range: Range;
  readonly #itemsOf: (pack: Pack) => readonly PackedItem[];
  readonly #step: 1 | -1;
  readonly #cursors: Cursor<Pack>[] = [];

  constructor(range: Range, itemsOf: (pack: Pack) => readonly PackedItem[]) {
    this.#range = range;
    this.#itemsOf = itemsOf;
    this.#step = range.newestFirst ? -1 : 1;
  }

  /** Whether this pack may hold the next item. */
  needs({ first, last }: Pack): boolean {
    const cursor = this.#foremost();
    const begin = this.#range.newestFirst ? last : first;
    return cursor === null || this.#step * (begin - this.#keyOf(cursor)) <= 0;
  }

  add(pack: Pack): void {
    const items = this.#itemsOf(pack);
    const { key, after, before, newestFirst } = this.#range;
    const at = newestFirst
      ? firstIndex(items, (item) => item[key] >= before) - 1
      : firstIndex(items, (item) => item[key] > after);
    this.#keep({ pack, items, at });
  }

  next(): { readonly pack: Pack; readonly item: PackedItem } | null {
    const cursor = this.#foremost();
    const item = cursor?.items[cursor.at];
    if (cursor === null || item === undefined) return null;
    this.#cursors.splice(this.#cursors.indexOf(cursor), 1);
    cursor.at += this.#step;
    this.#keep(cursor);
    return { pack: cursor.pack, item };
  }

  /** A cursor that has left its pack or the range is done. */
  #keep(cursor: Cursor<Pack>): void {
    const item = cursor.items[cursor.at];
    const { key, after, before } = this.#range;
    if (item === undefined || item[key] <= after || item[key] >= before) return;
    this.#cursors.push(cursor);
  }

  #foremost(): Cursor<Pack> | null {
    let found: Cursor<Pack> | null = null;
    for (const cursor of this.#cursors) {
      const isAhead = found === null || this.#step * (this.#keyOf(cursor) - this.#keyOf(found)) < 0;
      if (isAhead) found = cursor;
    }
    return found;
  }

  #keyOf({ items, at }: Cursor<Pack>): number {
    return items[at]?.[this.#range.key] ?? 0;
  }
}

/** The first index from which on the claim holds; items are in order, so it is found by halving. */
function firstIndex(items: readonly PackedItem[], holds: (item: PackedItem) => boolean): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = items[middle];
    if (item !== undefined && holds(item)) high = middle;
    else low = middle + 1;
  }
  return low;
}
