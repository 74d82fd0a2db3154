import { parseJson } from '../../../lib/json.ts';
import { type RawItem, readItem } from '../../../transcript/item.ts';
import type { Frame } from './frame.ts';

/** Far more than ever wait for their twins. The limit bounds the memory for frames that never get one. */
const MAX_EXPECTED = 4_096;

/**
 * Recognizes an `interaction_update` as the twin of an earlier simplified frame: by id if both have one, else by kind and
 * text. If text, thinking or tool calls of a run come as simplified frames, all of them do, so an update of that kind
 * without an id is always a twin.
 */
export class Twins {
  readonly #ids = new Set<string>();
  readonly #contents = new Map<string, number>();
  readonly #simplifiedKinds = new Set<RawItem['kind']>();

  /** Twins that the last connection did not send are sent again together with their frames, or not at all. */
  beginConnection(): void {
    this.#ids.clear();
    this.#contents.clear();
  }

  /** Records a simplified frame, whose twin may follow. */
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

  /** Whether the update that would become `item` is a twin. */
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

/** The content of an item, independent of the formatting of its JSON. */
function contentOf({ kind, dataText }: RawItem): string {
  const item = readItem(kind, parseJson(dataText));
  if (item.kind === 'text' || item.kind === 'thinking') return `${item.kind} ${item.text}`;
  if (item.kind === 'tool-call') return `${item.kind} ${item.callId} ${item.status}`;
  return `${kind} ${dataText}`;
}

/** Sets and maps keep the order of insertion. */
function dropOldest(expected: Set<string> | Map<string, number>): void {
  if (expected.size <= MAX_EXPECTED) return;
  for (const oldest of expected.keys()) {
    expected.delete(oldest);
    return;
  }
}
