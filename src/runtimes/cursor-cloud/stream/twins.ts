import { parseJson } from '../../../lib/json.ts';
import { type RawItem, readItem } from '../../../transcript/item.ts';
import type { Frame } from './frame.ts';

/** Far more than ever wait for their twins at once; frames that never get one must not fill the memory. */
const MOST_EXPECTED = 4_096;

/**
 * Returns whether an `interaction_update` is the twin of a simplified frame that has come before it, directly or not.
 * With ids on both it is the same id; where one of them is missing, kind and text decide. A run whose text,
 * thoughts or tool calls come in simplified frames sends all of them so: an update of that kind that has no id says
 * nothing new.
 */
export class Twins {
  readonly #ids = new Set<string>();
  readonly #contents = new Map<string, number>();
  readonly #simplifiedKinds = new Set<RawItem['kind']>();

  /** What was expected of the last connection comes again together with its frame, or not at all. */
  beginConnection(): void {
    this.#ids.clear();
    this.#contents.clear();
  }

  /** A simplified frame has come, and its twin may follow. */
  expect({ id }: Frame, item: RawItem): void {
    this.#simplifiedKinds.add(item.kind);
    if (id === undefined) {
      const content = contentOf(item);
      this.#contents.set(content, (this.#contents.get(content) ?? 0) + 1);
    } else this.#ids.add(id);
    dropOldest(this.#ids);
    dropOldest(this.#contents);
  }

  isKnownById({ id }: Frame): boolean {
    return id !== undefined && this.#ids.has(id);
  }

  /** `item` is what an update would become. */
  isTwin(item: RawItem): boolean {
    if (item.id === undefined && this.#simplifiedKinds.has(item.kind)) return item.kind !== 'other';
    if (this.#contents.size === 0) return false;
    const content = contentOf(item);
    const count = this.#contents.get(content) ?? 0;
    if (count <= 1) this.#contents.delete(content);
    else this.#contents.set(content, count - 1);
    return count > 0;
  }
}

/** What an item says, whatever its JSON looks like. */
function contentOf({ kind, dataText }: RawItem): string {
  const item = readItem(kind, parseJson(dataText));
  if (item.kind === 'text' || item.kind === 'thinking') return `${item.kind} ${item.text}`;
  if (item.kind === 'tool-call') return `${item.kind} ${item.callId} ${item.status}`;
  return `${kind} ${dataText}`;
}

/** Sets and maps keep the order in which their members came. */
function dropOldest(expected: Set<string> | Map<string, number>): void {
  if (expected.size <= MOST_EXPECTED) return;
  for (const oldest of expected.keys()) {
    expected.delete(oldest);
    return;
  }
}
