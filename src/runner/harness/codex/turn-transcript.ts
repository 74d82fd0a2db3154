import type { NewItem, TurnSink } from '../adapter.ts';
import { boundary, notice, otherItem, textItem, toolOutput } from '../new-items.ts';
import { OutsidePaths } from '../outside-paths.ts';
import { type Call, type CallEnd, callItem, callOf } from './calls.ts';
import type { CodexItem } from './wire.ts';

/** A command may print without end; its result contains the rest, as far as it is kept. */
const MAX_OUTPUT_PER_CALL = 1_000_000;

/** A text or thought in progress: the position of its first piece, and its text so far. */
type OpenText = { readonly kind: 'text' | 'thinking'; readonly mark: number; text: string };
type OpenCall = { readonly call: Call; outputLength: number };

/** Converts Codex's messages of one turn into transcript items and passes them to the sink. */
export class TurnTranscript {
  readonly #sink: TurnSink;
  readonly #outside: OutsidePaths;
  readonly #openTexts = new Map<string, OpenText>();
  readonly #calls = new Map<string, OpenCall>();
  #hasText = false;
  #lastText: string | null = null;
  #adding: Promise<void> = Promise.resolve();

  constructor(cwd: string, sink: TurnSink) {
    this.#sink = sink;
    this.#outside = new OutsidePaths(cwd);
  }

  /** The agent's last message; null if there is none. */
  get lastText(): string | null {
    return this.#lastText;
  }

  /** Whether a text has started and not ended. */
  get hasOpenText(): boolean {
    return this.#openTexts.size > 0;
  }

  /** A call that has started and not ended. */
  openCall(callId: string): Call | undefined {
    return this.#calls.get(callId)?.call;
  }

  openCalls(): readonly (readonly [string, Call])[] {
    return [...this.#calls].map(([callId, { call }]) => [callId, call] as const);
  }

  started(item: CodexItem): void {
    if (item.type === 'agentMessage' || item.type === 'plan' || item.type === 'reasoning') return;
    const call = callOf(item);
    if (call !== null) this.#startCall(item.id, call);
  }

  addText(kind: OpenText['kind'], itemId: string, delta: string): void {
    if (delta === '') return;
    const openText = this.#openTexts.get(itemId) ?? this.#startText(itemId, kind);
    openText.text += delta;
    this.#add([textItem(kind, delta)]);
  }

  /** Starts a new part of a thought. */
  startThoughtPart(itemId: string): void {
    if (this.#openTexts.has(itemId)) this.addText('thinking', itemId, '\n\n');
  }

  addOutput(callId: string, text: string): void {
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
        this.#endText(item.id, 'text', stringOrEmpty(item.text));
        return;
      case 'reasoning':
        this.#endText(item.id, 'thinking', thoughtText(item));
        return;
      case 'contextCompaction':
        this.#add([notice('info', 'Codex summarized the conversation to make room.')]);
        return;
      default:
        this.#completedCall(item);
    }
  }

  addNotice(level: 'info' | 'warning' | 'error', text: string): void {
    this.#add([notice(level, text)]);
  }

  usage(tokens: object): void {
    this.#add([{ kind: 'usage', dataText: JSON.stringify(tokens) }]);
  }

  /** Retracts incomplete text, which Codex repeats or never completes. */
  dropUnfinished(): void {
    for (const { mark, kind } of this.#openTexts.values()) {
      this.#sink.retract(mark, this.#sink.mark());
      if (kind === 'text') this.#lastText = null;
    }
    this.#openTexts.clear();
  }

  /** Ends all open calls: Codex does not report those that end with their turn. */
  closeCalls(end: CallEnd): void {
    for (const [callId, { call }] of this.#calls) this.#add([callItem(callId, call, end)]);
    this.#calls.clear();
  }

  /** Resolves when there is room for more. */
  settled(): Promise<void> {
    return this.#adding;
  }

  #startCall(callId: string, call: Call): void {
    this.#hasText = false;
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
    if (!this.#calls.has(item.id)) this.#startCall(item.id, call);
    this.#calls.delete(item.id);
    this.#add([callItem(item.id, call, call.end ?? { isError: false, result: undefined })]);
  }

  #startText(itemId: string, kind: OpenText['kind']): OpenText {
    if (this.#hasText) this.#add([boundary]);
    this.#hasText = true;
    const openText: OpenText = { kind, mark: this.#sink.mark(), text: '' };
    this.#openTexts.set(itemId, openText);
    return openText;
  }

  /** The pieces were provisional: the complete text replaces them if it differs. */
  #endText(itemId: string, kind: OpenText['kind'], completeText: string): void {
    const { text = '', mark } = this.#openTexts.get(itemId) ?? {};
    if (completeText !== '' && !isSame(completeText, text)) {
      if (!completeText.startsWith(text) && mark !== undefined)
        this.#sink.retract(mark, this.#sink.mark());
      this.addText(
        kind,
        itemId,
        completeText.startsWith(text) ? completeText.slice(text.length) : completeText,
      );
    }
    this.#openTexts.delete(itemId);
    if (kind === 'text' && completeText !== '') this.#lastText = completeText;
  }

  #add(items: readonly NewItem[]): void {
    this.#adding = this.#sink.add(items);
  }
}

/** The parts of a thought may or may not have line breaks between them. */
const isSame = (one: string, other: string): boolean =>
  one.replace(/\s+/g, ' ').trim() === other.replace(/\s+/g, ' ').trim();

const stringOrEmpty = (value: unknown): string => (typeof value === 'string' ? value : '');

function thoughtText({ summary, content }: CodexItem): string {
  const parts = [summary, content].flatMap((part) => (Array.isArray(part) ? part : []));
  return parts.filter((part) => typeof part === 'string').join('\n\n');
}

const MAX_UNKNOWN_LENGTH = 10_000;

function unknownItem(item: CodexItem): NewItem {
  const kept = otherItem(item.type, item);
  return kept.dataText.length > MAX_UNKNOWN_LENGTH ? otherItem(item.type, null) : kept;
}
