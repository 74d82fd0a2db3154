import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { RunId } from '../ids.ts';
import type { RunProgress } from '../store/records.ts';
import {
  type Moment,
  textDelta,
  thinkingCompleted,
  thinkingDelta,
  tokenDelta,
} from '../stream/moments.ts';
import {
  type ToolCall,
  type ToolOutcome,
  toolCallCompleted,
  toolCallStarted,
  typedToolCall,
} from '../stream/tool-calls.ts';
import type { RunLifecycle } from './run-lifecycle.ts';

/** Thrown inside an execution whose run was ended from outside; nothing more is to be said. */
export class RunIsOver extends Error {
  override readonly name = 'RunIsOver';
}

const chatterBatch = 1_000;

/**
 * Speaks into a run's stream, word by word and at the chosen pace. After a restart the step in execution is done
 * again from its start, and the moments that are in the stream already are not written a second time.
 */
export class Narrator {
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

  async say(text: string): Promise<void> {
    for (const word of wordsOf(text)) {
      await this.#paced([textDelta(word), tokenDelta(1)], 1);
    }
  }

  async think(text: string): Promise<void> {
    const startedAtMs = this.#clock.now();
    for (const word of wordsOf(text)) {
      await this.#paced([thinkingDelta(word), tokenDelta(1)], 1);
    }
    this.emit([thinkingCompleted(this.#clock.now() - startedAtMs)]);
  }

  /** Many deltas as fast as readers can take them, for load tests. */
  async chatter(count: number): Promise<void> {
    for (let sent = 0; sent < count; sent += chatterBatch) {
      const size = Math.min(chatterBatch, count - sent);
      const moments = Array.from({ length: size }, (_, index) => textDelta(`word${sent + index} `));
      this.emit(moments, size);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Shows a tool call around the work that it stands for. */
  async tool(type: string, args: object, work: () => Promise<ToolOutcome>): Promise<ToolOutcome> {
    return this.#around(typedToolCall(this.#nextCallId(), type, args), work);
  }

  async untypedTool(name: string, args: object, work: () => Promise<ToolOutcome>) {
    return this.#around({ callId: this.#nextCallId(), name, args }, work);
  }

  /** Sleeps in simulated time; after a restart only what was left of it. */
  async wait(durationMs: number): Promise<void> {
    const waitUntilMs = this.#progress.waitUntilMs ?? this.#clock.now() + durationMs;
    this.#progress = { ...this.#progress, waitUntilMs };
    this.#write([]);
    await this.#clock.sleepUntil(waitUntilMs, this.#signal);
  }

  emit(moments: readonly Moment[], tokens = 0): void {
    this.#signal.throwIfAborted();
    const skipped = Math.min(this.#alreadyWritten, moments.length);
    this.#alreadyWritten -= skipped;
    const fresh = moments.slice(skipped);
    if (fresh.length === 0) return;
    this.#progress = {
      ...this.#progress,
      moments: this.#progress.moments + fresh.length,
      outputTokens: this.#progress.outputTokens + tokens,
    };
    this.#write(fresh);
  }

  /** Says the last word of a run that cannot continue, whatever step it is in. */
  sayAtOnce(text: string): void {
    this.#alreadyWritten = 0;
    this.emit([textDelta(text)], wordsOf(text).length);
  }

  async #paced(moments: readonly Moment[], tokens: number): Promise<void> {
    const isRepeated = this.#alreadyWritten >= moments.length;
    this.emit(moments, tokens);
    if (this.#paceMs > 0 && !isRepeated) await this.#clock.sleep(this.#paceMs, this.#signal);
  }

  async #around(call: ToolCall, work: () => Promise<ToolOutcome>): Promise<ToolOutcome> {
    this.emit([toolCallStarted(call)]);
    if (this.#paceMs > 0 && this.#alreadyWritten === 0) {
      await this.#clock.sleep(this.#paceMs * 5, this.#signal);
    }
    // Its end was told before a restart, so the work is done.
    if (this.#alreadyWritten > 0) {
      this.emit([toolCallCompleted(call, { ok: true, value: {} })]);
      return { ok: true, value: {} };
    }
    const outcome = await work();
    this.emit([toolCallCompleted(call, outcome)]);
    return outcome;
  }

  #write(moments: readonly Moment[]): void {
    if (!this.#lifecycle.append(this.#runId, moments, this.#progress)) throw new RunIsOver();
  }

  /** Two lines, as Cursor's ids may have; the same again when a step is repeated. */
  #nextCallId(): string {
    this.#calls += 1;
    const seed = `${this.#runId} ${this.#progress.step} ${this.#calls}`;
    const digest = createHash('sha256').update(seed).digest('hex');
    return `call-${digest.slice(0, 24)}\nfc_${digest.slice(24, 48)}`;
  }
}

/** Words with the white space before them; together they are the text again. */
export function wordsOf(text: string): readonly string[] {
  return text.match(/\s*\S+(?:\s+$)?/g) ?? [];
}
