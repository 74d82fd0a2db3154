import type { PackedItem } from './pack-codec.ts';

/** Unpacked packs by their first position; those that were not asked for the longest time give way. */
export class UnpackedCache {
  readonly #mostCharacters: number;
  readonly #packs = new Map<number, { items: readonly PackedItem[]; characters: number }>();
  #characters = 0;

  constructor(mostCharacters: number) {
    this.#mostCharacters = mostCharacters;
  }

  get(position: number): readonly PackedItem[] | undefined {
    const found = this.#packs.get(position);
    if (found === undefined) return undefined;
    // The order of a Map is the order of use.
    this.#packs.delete(position);
    this.#packs.set(position, found);
    return found.items;
  }

  set(position: number, items: readonly PackedItem[]): void {
    let characters = 0;
    for (const { payload } of items) characters += payload.length;
    this.#packs.set(position, { items, characters });
    this.#characters += characters;
    for (const [oldest, pack] of this.#packs) {
      if (this.#characters <= this.#mostCharacters || oldest === position) break;
      this.#packs.delete(oldest);
      this.#characters -= pack.characters;
    }
  }

  clear(): void {
    this.#packs.clear();
    this.#characters = 0;
  }
}
