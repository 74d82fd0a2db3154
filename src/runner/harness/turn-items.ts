import type { ToolAnswer } from '../../permissions/tool-request.ts';
import type { RawItem } from '../../transcript/item.ts';
import type { NewItem, NewToolRequest, TurnSink } from './adapter.ts';

/** Kinds that may be repeated after a lost connection. Calls and their output have happened in any case. */
const RETRACTABLE: ReadonlySet<string> = new Set(['text', 'thinking', 'boundary']);

const NOBODY_TO_ASK: ToolAnswer = {
  decision: 'deny',
  scope: 'once',
  note: 'Nobody is available to ask.',
};

/** Assigns ids to the items of a turn by their position, so that they are unique, and the same for the same turn. */
export class TurnItems implements TurnSink {
  readonly #send: (items: readonly RawItem[]) => Promise<void>;
  readonly #ask: TurnSink['ask'];
  #count = 0;
  /** Items that can be retracted. */
  #retractable: { readonly position: number; readonly id: string }[] = [];

  constructor(
    send: (items: readonly RawItem[]) => Promise<void>,
    ask: TurnSink['ask'] = async () => NOBODY_TO_ASK,
  ) {
    this.#send = send;
    this.#ask = ask;
  }

  ask(request: NewToolRequest, signal: AbortSignal): Promise<ToolAnswer> {
    return this.#ask(request, signal);
  }

  add(items: readonly NewItem[]): Promise<void> {
    return items.length === 0
      ? Promise.resolve()
      : this.#send(items.map((item) => this.#assignId(item)));
  }

  mark(): number {
    return this.#count;
  }

  retract(after: number, upTo: number): void {
    const isBetween = ({ position }: { readonly position: number }) =>
      position > after && position <= upTo;
    const itemIds = this.#retractable.filter(isBetween).map(({ id }) => id);
    this.#retractable = this.#retractable.filter((entry) => !isBetween(entry));
    if (itemIds.length === 0) return;
    void this.add([{ kind: 'retracted', dataText: JSON.stringify({ itemIds }) }]);
  }

  #assignId(item: NewItem): RawItem {
    this.#count += 1;
    const id = `item-${this.#count}`;
    if (RETRACTABLE.has(item.kind)) this.#retractable.push({ position: this.#count, id });
    return { ...item, id };
  }
}
