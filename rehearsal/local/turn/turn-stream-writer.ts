import { createHash } from 'node:crypto';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { splitWords } from '../../agent/run-stream-writer.ts';
import type { Clock } from '../../clock.ts';
import type { LocalStreamFaults } from '../faults/local-stream-faults.ts';
import type { InteractionUpdateSchema } from '../proto/stream_pb.ts';
import type { ToolCallSchema } from '../proto/tools_pb.ts';
import type { Client } from '../stream/client.ts';
import type { History } from './history.ts';

export type Update = NonNullable<MessageInitShape<typeof InteractionUpdateSchema>['message']>;
export type Tool = Extract<
  MessageInitShape<typeof ToolCallSchema>['tool'],
  { readonly case: string }
>;

const deltaBatchSize = 1_000;

/** Writes a turn's output to its stream, word by word at the configured pace, and stores it as steps of the turn. */
export class TurnStreamWriter {
  readonly #client: Client;
  readonly #history: History;
  readonly #clock: Clock;
  readonly #faults: LocalStreamFaults;
  readonly #paceMs: number;
  readonly #signal: AbortSignal;
  readonly #requestId: string;
  #text = '';
  calls: number;
  outputTokens: number;

  constructor(settings: {
    readonly client: Client;
    readonly history: History;
    readonly clock: Clock;
    readonly faults: LocalStreamFaults;
    readonly paceMs: number;
    readonly signal: AbortSignal;
    /** Request id of this attempt. */
    readonly requestId: string;
    readonly calls: number;
    readonly outputTokens: number;
  }) {
    this.#client = settings.client;
    this.#history = settings.history;
    this.#clock = settings.clock;
    this.#faults = settings.faults;
    this.#paceMs = settings.paceMs;
    this.#signal = settings.signal;
    this.#requestId = settings.requestId;
    this.calls = settings.calls;
    this.outputTokens = settings.outputTokens;
  }

  async writeText(text: string): Promise<void> {
    const words = splitWords(text);
    const repeatedStart = this.#faults.takeRepetition()
      ? words.slice(0, Math.ceil(words.length / 2))
      : [];
    for (const word of [...repeatedStart, ...words]) {
      await this.sendUpdate({ case: 'textDelta', value: { text: word } });
      await this.#countToken();
      await this.#pause();
    }
    this.#text += text;
  }

  async writeThinking(text: string): Promise<void> {
    await this.flushText();
    const startedAtMs = this.#clock.now();
    for (const word of splitWords(text)) {
      await this.sendUpdate({ case: 'thinkingDelta', value: { text: word } });
      await this.#countToken();
      await this.#pause();
    }
    const durationMs = this.#clock.now() - startedAtMs;
    await this.sendUpdate({ case: 'thinkingCompleted', value: { thinkingDurationMs: durationMs } });
    await this.#history.add({ case: 'thinkingMessage', value: { text, durationMs } });
  }

  /** Many deltas without a pause, for load tests. */
  async writeDeltas(count: number): Promise<void> {
    let text = '';
    for (let sent = 0; sent < count; sent += 1) {
      const word = `word${sent} `;
      text += word;
      await this.sendUpdate({ case: 'textDelta', value: { text: word } });
      if (sent % deltaBatchSize === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    this.outputTokens += count;
    this.#text += text;
  }

  async wait(durationMs: number): Promise<void> {
    await this.#clock.sleep(durationMs, this.#signal);
  }

  /** Writes the start of a tool call, does the work, which returns the call with its result, and writes the result. */
  async runTool(startedCall: Tool, work: (callId: string) => Promise<Tool>): Promise<void> {
    await this.flushText();
    this.calls += 1;
    // Unique for each attempt: observed, the client executes a call id once and answers a repeated request from memory.
    const seed = `${this.#requestId} ${this.calls}`;
    const callId = `call-${createHash('sha256').update(seed).digest('hex').slice(0, 24)}`;
    const callUpdate = (tool: Tool) => ({
      callId,
      toolCall: { tool, toolCallId: callId },
      modelCallId: `model-${callId}`,
    });
    await this.sendUpdate({ case: 'toolCallStarted', value: callUpdate(startedCall) });
    if (this.#paceMs > 0) await this.#clock.sleep(this.#paceMs * 5, this.#signal);
    const completed = await work(callId);
    await this.sendUpdate({ case: 'toolCallCompleted', value: callUpdate(completed) });
    await this.#history.add({
      case: 'toolCall',
      value: { tool: completed, toolCallId: callId },
    });
  }

  /** Stores the text so far as a step. Later text is a new message. */
  async flushText(): Promise<void> {
    if (this.#text === '') return;
    const text = this.#text;
    this.#text = '';
    await this.#history.add({ case: 'assistantMessage', value: { text } });
  }

  async sendUpdate(message: Update): Promise<void> {
    await this.#client.send({ case: 'interactionUpdate', value: { message } });
  }

  async #countToken(): Promise<void> {
    this.outputTokens += 1;
    await this.sendUpdate({ case: 'tokenDelta', value: { tokens: 1 } });
  }

  async #pause(): Promise<void> {
    if (this.#paceMs > 0) await this.#clock.sleep(this.#paceMs, this.#signal);
  }
}
