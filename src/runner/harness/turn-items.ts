import type { ToolAnswer } from '../../permissions/tool-request.ts';
import type { RawItem } from '../../transcript/item.ts';
import type { NewItem, NewToolRequest, TurnSink } from './adapter.ts';

/** What may be said a second time; calls and their output happened, whatever becomes of the connection. */
const SPEECH: ReadonlySet<string> = new Set(['text', 'thinking', 'boundary']);

const NOBODY: ToolAnswer = { decision: 'deny', scope: 'once', note: 'Nobody is available to ask.' };

/**
 * Names the items of one turn by their place in it, so that each has a name of its own and the same turn gives the same
 * names.
 */
export class TurnItems implements TurnSink {
  readonly #send: (items: readonly RawItem[]) => Promise<void>;
  readonly #ask: TurnSink['ask'];
  #count = 0;
  /** Of what may be retracted: its place and its name. */
  #speech: { readonly place: number; readonly id: string }[] = [];

  constructor(
    send: (items: readonly RawItem[]) => Promise<void>,
    ask: TurnSink['ask'] = async () => NOBODY,
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
      : this.#send(items.map((item) => this.#name(item)));
  }

  mark(): number {
    return this.#count;
  }

  retract(after: number, upTo: number): void {
    const isMeant = ({ place }: { readonly place: number }) => place > after && place <= upTo;
    const itemIds = this.#speech.filter(isMeant).map(({ id }) => id);
    this.#speech = this.#speech.filter((said) => !isMeant(said));
    if (itemIds.length === 0) return;
    void this.add([{ kind: 'retracted', dataText: JSON.stringify({ itemIds }) }]);
  }

  #name(item: NewItem): RawItem {
    this.#count += 1;
    const id = `item-${this.#count}`;
    if (SPEECH.has(item.kind)) this.#speech.push({ place: this.#count, id });
    return { ...item, id };
  }
}
