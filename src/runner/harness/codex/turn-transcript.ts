import type { NewItem, TurnSink } from '../adapter.ts';
import { boundary, notice, otherItem, textItem, toolOutput } from '../new-items.ts';
import { OutsidePaths } from '../outside-paths.ts';
import { type Call, type CallEnd, callItem, callOf } from './calls.ts';
import type { CodexItem } from './wire.ts';

/** One command may print without end; its result tells the rest, as far as it is kept. */
const MAX_OUTPUT_PER_CALL = 1_000_000;

/** A text or thought in progress: where its pieces began, and what they say so far. */
type Speech = { readonly kind: 'text' | 'thinking'; readonly mark: number; text: string };
type OpenCall = { readonly call: Call; outputLength: number };

/** Turns what Codex says about one turn into items of the transcript, and hands them over. */
export class TurnTranscript {
  readonly #sink: TurnSink;
  readonly #outside: OutsidePaths;
  readonly #speech = new Map<string, Speech>();
  readonly #calls = new Map<string, OpenCall>();
  #hasSpoken = false;
  #lastText: string | null = null;

  constructor(cwd: string, sink: TurnSink) {
    this.#sink = sink;
    this.#outside = new OutsidePaths(cwd);
  }

  /** What the agent said last; null when it said nothing. */
  get lastText(): string | null {
    return this.#lastText;
  }

  /** A text is in progress that has not ended. */
  get isSpeaking(): boolean {
    return this.#speech.size > 0;
  }

  /** Calls that have begun and not ended. */
  openCall(callId: string): Call | undefined {
    return this.#calls.get(callId)?.call;
  }

  openCalls(): readonly (readonly [string, Call])[] {
    return [...this.#calls].map(([callId, { call }]) => [callId, call] as const);
  }

  started(item: CodexItem): void {
    if (item.type === 'agentMessage' || item.type === 'plan' || item.type === 'reasoning') return;
    const call = callOf(item);
    if (call !== null) this.#begin(item.id, call);
  }

  said(kind: Speech['kind'], itemId: string, delta: string): void {
    if (delta === '') return;
    const speechOf = this.#speech.get(itemId) ?? this.#beginSpeech(itemId, kind);
    speechOf.text += delta;
    this.#add([textItem(kind, delta)]);
  }

  /** Codex divides its thoughts. */
  newThought(itemId: string): void {
    if (this.#speech.has(itemId)) this.said('thinking', itemId, '\n\n');
  }

  printed(callId: string, text: string): void {
    const open = this.#calls.get(callId);
    if (open === undefined || text === '' || open.outputLength > MAX_OUTPUT_PER_CALL) return;
    open.outputLength += text.length;
    this.#add([toolOutput(callId, 'stdout', text)]);
    if (open.outputLength > MAX_OUTPUT_PER_CALL)
      this.#add([toolOutput(callId, 'stderr', '\n… further output is not shown live …\n')]);
  }

  completed(item: CodexItem): void {
    switch (item.type) {
      case 'userMessage':
        return;
      case 'agentMessage':
      case 'plan':
        this.#endSpeech(item.id, 'text', textIn(item.text));
        return;
      case 'reasoning':
        this.#endSpeech(item.id, 'thinking', thoughtsIn(item));
        return;
      case 'contextCompaction':
        this.#add([notice('info', 'Codex summarized the conversation to make room.')]);
        return;
      default:
        this.#completedCall(item);
    }
  }

  tell(level: 'info' | 'warning' | 'error', text: string): void {
    this.#add([notice(level, text)]);
  }

  usage(tokens: object): void {
    this.#add([{ kind: 'usage', dataText: JSON.stringify(tokens) }]);
  }

  /** What was being said broke off and will be said again, or never: it does not count. */
  dropUnfinished(): void {
    for (const { mark, kind } of this.#speech.values()) {
      this.#sink.retract(mark, this.#sink.mark());
      if (kind === 'text') this.#lastText = null;
    }
    this.#speech.clear();
  }

  /** Codex says nothing about calls that it ends with their turn. */
  closeCalls(end: CallEnd): void {
    for (const [callId, { call }] of this.#calls) this.#add([callItem(callId, call, end)]);
    this.#calls.clear();
  }

  /** Settles when there is room for more. */
  settled(): Promise<void> {
    return this.#adding;
  }

  #begin(callId: string, call: Call): void {
    this.#hasSpoken = false;
    this.#calls.set(callId, { call, outputLength: 0 });
    const warnings = this.#outside.warningsFor(call.name, call.args);
    this.#add([callItem(callId, call), ...warnings.map((text) => notice('warning', text))]);
  }

  #completedCall(item: CodexItem): void {
    const call = callOf(item);
    if (call === null) {
      this.#add([unknownItem(item)]);
      return;
    }
    if (!this.#calls.has(item.id)) this.#begin(item.id, call);
    this.#calls.delete(item.id);
    this.#add([callItem(item.id, call, call.end ?? { isError: false, result: undefined })]);
  }

  #beginSpeech(itemId: string, kind: Speech['kind']): Speech {
    if (this.#hasSpoken) this.#add([boundary]);
    this.#hasSpoken = true;
    const begun: Speech = { kind, mark: this.#sink.mark(), text: '' };
    this.#speech.set(itemId, begun);
    return begun;
  }

  /** The pieces were provisional: what counts is the whole. */
  #endSpeech(itemId: string, kind: Speech['kind'], whole: string): void {
    const { text = '', mark } = this.#speech.get(itemId) ?? {};
    if (whole !== '' && !isSame(whole, text)) {
      if (!whole.startsWith(text) && mark !== undefined)
        this.#sink.retract(mark, this.#sink.mark());
      this.said(kind, itemId, whole.startsWith(text) ? whole.slice(text.length) : whole);
    }
    this.#speech.delete(itemId);
    if (kind === 'text' && whole !== '') this.#lastText = whole;
  }

  #adding: Promise<void> = Promise.resolve();

  #add(items: readonly NewItem[]): void {
    this.#adding = this.#sink.add(items);
  }
}

/** Parts of a thought come with and without the lines between them. */
const isSame = (one: string, otherItem: string): boolean =>
  one.replace(/\s+/g, ' ').trim() === otherItem.replace(/\s+/g, ' ').trim();

const textIn = (value: unknown): string => (typeof value === 'string' ? value : '');

function thoughtsIn({ summary, content }: CodexItem): string {
  const parts = [summary, content].flatMap((part) => (Array.isArray(part) ? part : []));
  return parts.filter((part) => typeof part === 'string').join('\n\n');
}

const MAX_UNKNOWN_LENGTH = 10_000;

function unknownItem(item: CodexItem): NewItem {
  const made = otherItem(item.type, item);
  return made.dataText.length > MAX_UNKNOWN_LENGTH ? otherItem(item.type, null) : made;
}
