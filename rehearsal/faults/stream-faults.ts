import type { StoredFrame } from '../store/events.ts';
import { wireFrame } from '../stream/wire.ts';
import type { EffectOf, streamKinds } from './fault.ts';

type StreamEffect = EffectOf<(typeof streamKinds)[number]>;

/** The bytes to send for one frame, and how the stream is interrupted after it, if it is. */
export type Delivery = {
  readonly text: string;
  readonly interruption?: 'reset' | 'end' | 'silence';
};

/** Applies stream faults to the frames of one connection, and keeps its counters. */
export class StreamFaults {
  readonly #effects: readonly StreamEffect[];
  readonly #runId: string;
  #events = 0;
  #bytes = 0;
  #pairs = 0;
  #pairId: string | null = null;

  constructor(effects: readonly StreamEffect[], runId: string) {
    this.#effects = effects;
    this.#runId = runId;
  }

  get hasHeartbeats(): boolean {
    return !this.#effects.some(({ kind }) => kind === 'no-heartbeat' || kind === 'silence');
  }

  get isIdle(): boolean {
    return this.#effects.length === 0;
  }

  /** Delay of the frames that end the stream, in real milliseconds. */
  get endDelayMs(): number {
    return this.#effects.reduce(
      (sum, effect) => sum + (effect.kind === 'late-end' ? effect.ms : 0),
      0,
    );
  }

  deliver(frame: StoredFrame): Delivery {
    let text = wireFrame(frame);
    for (const effect of this.#effects) {
      const delivery = this.#apply(effect, frame, text);
      if (delivery === undefined) continue;
      if (delivery.interruption !== undefined) return delivery;
      text = delivery.text;
    }
    this.#events += 1;
    this.#bytes += Buffer.byteLength(text);
    return { text };
  }

  #apply(effect: StreamEffect, frame: StoredFrame, text: string): Delivery | undefined {
    switch (effect.kind) {
      case 'cut':
        return this.#cut(effect, frame, text);
      case 'silence':
        return this.#events >= effect.afterEvents
          ? { text: '', interruption: 'silence' }
          : undefined;
      case 'garbage': {
        const garbage = 'id: \u0000\u0001\nevent: assistant\ndata: {"text": <<<\u00ff\n\n';
        return this.#events === effect.afterEvents ? { text: garbage + text } : undefined;
      }
      case 'stream-error':
        return this.#events >= effect.afterEvents ? this.#streamError(effect) : undefined;
      case 'no-result':
        return frame.event === 'result' ? { text: '' } : undefined;
      case 'no-end': {
        if (frame.event !== 'result' && frame.event !== 'done') return undefined;
        return { text: '', interruption: effect.close ? 'end' : 'silence' };
      }
      case 'crlf':
        return { text: text.replaceAll('\n', '\r\n') };
      case 'late-end':
      case 'no-heartbeat':
        return undefined;
      default:
        return effect satisfies never;
    }
  }

  #cut(effect: EffectOf<'cut'>, frame: StoredFrame, text: string): Delivery | undefined {
    const { afterEvents, afterBytes, inPair, how } = effect;
    if (inPair !== undefined && frame.id !== null) {
      const isTwin = frame.id === this.#pairId;
      this.#pairId = frame.id;
      if (isTwin) this.#pairs += 1;
      if (isTwin && this.#pairs === inPair) return { text: '', interruption: how };
    }
    if (afterEvents !== undefined && this.#events >= afterEvents)
      return { text: '', interruption: how };
    if (afterBytes !== undefined && this.#bytes + Buffer.byteLength(text) > afterBytes) {
      const bytes = Buffer.from(text).subarray(0, afterBytes - this.#bytes);
      return { text: bytes.toString('utf8'), interruption: how };
    }
    return undefined;
  }

  #streamError({ code, message }: EffectOf<'stream-error'>): Delivery {
    const error = { id: null, event: 'error', data: JSON.stringify({ code, message }) };
    const done = { id: null, event: 'done', data: '{}' };
    const status = { runId: this.#runId, status: 'RUNNING' };
    const first = { id: null, event: 'status', data: JSON.stringify(status) };
    const statusFrame = this.#events === 0 ? wireFrame(first) : '';
    return { text: statusFrame + wireFrame(error) + wireFrame(done), interruption: 'end' };
  }
}
