import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { RunId } from '../ids.ts';
import type { RunProgress } from '../store/records.ts';
import {
  type StreamEvent,
  textDelta,
  thinkingCompleted,
  thinkingDelta,
  tokenDelta,
} from '../stream/stream-events.ts';
import {
  type ToolCall,
  type ToolOutcome,
  toolCallCompleted,
  toolCallStarted,
  typedToolCall,
} from '../stream/tool-calls.ts';
import type { RunLifecycle } from './run-lifecycle.ts';

/** Thrown when the run was ended by someone else and accepts no more events. */
export class RunEndedError extends Error {
  override readonly name = 'RunEndedError';
}

const deltaBatchSize = 1_000;

/**
 * Writes a run's output to its stream, word by word at the configured pace. After a restart, the current step is
 * repeated from its start, and events that are already in the stream are not written again.
 */
export class RunStreamWriter {
  readonly #lifecycle: RunLifecycle;
  readonly #clock: Clock;
  readonly #runId: RunId;
  readonly #paceMs: number;
  readonly #signal: AbortSignal;
  #progress: RunProgress;
  #alreadyWritten: number;
  #calls = 0;

  constructor(settings: {
    readonly lifecycle: RunLifecycle;
    readonly clock: Clock;
    readonly runId: RunId;
    readonly paceMs: number;
    readonly signal: AbortSignal;
    readonly progress: RunProgress;
  }) {
    this.#lifecycle = settings.lifecycle;
    this.#clock = settings.clock;
    this.#runId = settings.runId;
    this.#paceMs = settings.paceMs;
    this.#signal = settings.signal;
    this.#progress = settings.progress;
    this.#alreadyWritten = settings.progress.moments;
  }

  beginStep(step: number): void {
    this.#calls = 0;
    if (step === this.#progress.step) return;
    this.#alreadyWritten = 0;
    this.#progress = { step, moments: 0, outputTokens: this.#progress.outputTokens };
  }

  async writeText(text: string): Promise<void> {
    for (const word of splitWords(text)) {
      await this.#emitPaced([textDelta(word), tokenDelta(1)], 1);
    }
  }

  async writeThinking(text: string): Promise<void> {
    const startedAtMs = this.#clock.now();
    for (const word of splitWords(text)) {
      await this.#emitPaced([thinkingDelta(word), tokenDelta(1)], 1);
    }
    this.emit([thinkingCompleted(this.#clock.now() - startedAtMs)]);
  }

  /** Many deltas without a pause, for load tests. */
  async writeDeltas(count: number): Promise<void> {
    for (let sent = 0; sent < count; sent += deltaBatchSize) {
      const size = Math.min(deltaBatchSize, count - sent);
      const events = Array.from({ length: size }, (_, index) => textDelta(`word${sent + index} `));
      this.emit(events, size);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Writes the start of a tool call, does the work, and writes the result. */
  async runTool(
    type: string,
    args: object,
    work: () => Promise<ToolOutcome>,
  ): Promise<ToolOutcome> {
    return this.#withToolCall(typedToolCall(this.#nextCallId(), type, args), work);
  }

  async runUntypedTool(name: string, args: object, work: () => Promise<ToolOutcome>) {
    return this.#withToolCall({ callId: this.#nextCallId(), name, args }, work);
  }

  /** Sleeps in simulated time; after a restart, only for the remaining time. */
  async wait(durationMs: number): Promise<void> {
    const waitUntilMs = this.#progress.waitUntilMs ?? this.#clock.now() + durationMs;
    this.#progress = { ...this.#progress, waitUntilMs };
    this.#write([]);
    await this.#clock.sleepUntil(waitUntilMs, this.#signal);
  }

  emit(events: readonly StreamEvent[], tokens = 0): void {
    this.#signal.throwIfAborted();
    const skipped = Math.min(this.#alreadyWritten, events.length);
    this.#alreadyWritten -= skipped;
    const newEvents = events.slice(skipped);
    if (newEvents.length === 0) return;
    this.#progress = {
      ...this.#progress,
      moments: this.#progress.moments + newEvents.length,
      outputTokens: this.#progress.outputTokens + tokens,
    };
    this.#write(newEvents);
  }

  /** Writes the last text of a run that cannot continue, whatever step it is in. */
  writeImmediately(text: string): void {
    this.#alreadyWritten = 0;
    this.emit([textDelta(text)], splitWords(text).length);
  }

  async #emitPaced(events: readonly StreamEvent[], tokens: number): Promise<void> {
    const isRepeated = this.#alreadyWritten >= events.length;
    this.emit(events, tokens);
    if (this.#paceMs > 0 && !isRepeated) await this.#clock.sleep(this.#paceMs, this.#signal);
  }

  async #withToolCall(call: ToolCall, work: () => Promise<ToolOutcome>): Promise<ToolOutcome> {
    this.emit([toolCallStarted(call)]);
    if (this.#paceMs > 0 && this.#alreadyWritten === 0) {
      await this.#clock.sleep(this.#paceMs * 5, this.#signal);
    }
    // The end of the call was written before a restart, so the work is done.
    if (this.#alreadyWritten > 0) {
      this.emit([toolCallCompleted(call, { ok: true, value: {} })]);
      return { ok: true, value: {} };
    }
    const outcome = await work();
    this.emit([toolCallCompleted(call, outcome)]);
    return outcome;
  }

  #write(events: readonly StreamEvent[]): void {
    if (!this.#lifecycle.append(this.#runId, events, this.#progress)) throw new RunEndedError();
  }

  /** Has two lines, as Cursor's ids can have, and is deterministic, so that a repeated step uses the same ids. */
  #nextCallId(): string {
    this.#calls += 1;
    const seed = `${this.#runId} ${this.#progress.step} ${this.#calls}`;
    const digest = createHash('sha256').update(seed).digest('hex');
    return `call-${digest.slice(0, 24)}\nfc_${digest.slice(24, 48)}`;
  }
}

/** Splits a text into words with the white space before them; joined, they are the text again. */
export function splitWords(text: string): readonly string[] {
  return text.match(/\s*\S+(?:\s+$)?/g) ?? [];
}
