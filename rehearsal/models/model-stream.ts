import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Clock } from '../clock.ts';
import type { Dialect, Frame } from './dialect.ts';
import type { ModelStreamFaults } from './model-faults.ts';

export type StreamEnd = 'whole' | 'cut' | 'error' | 'left';

const pingEveryMs = 5_000;
/** Time for the headers and the preceding bytes to reach the client before a cut. */
const settleMs = 500;

/** Streams a model message as server-sent events, at the configured pace and with faults applied. */
export class ModelStream {
  readonly #response: ServerResponse;
  readonly #dialect: Dialect;
  readonly #faults: ModelStreamFaults;
  readonly #clock: Clock;
  readonly #paceMs: number;
  readonly #signal: AbortSignal;

  constructor(settings: {
    readonly response: ServerResponse;
    readonly dialect: Dialect;
    readonly faults: ModelStreamFaults;
    readonly clock: Clock;
    readonly paceMs: number;
    readonly closing: AbortSignal;
  }) {
    this.#response = settings.response;
    this.#dialect = settings.dialect;
    this.#faults = settings.faults;
    this.#clock = settings.clock;
    this.#paceMs = settings.paceMs;
    const disconnected = new AbortController();
    settings.response.on('close', () => disconnected.abort());
    settings.response.on('error', () => disconnected.abort()); // A client that disconnects is not an error.
    this.#signal = AbortSignal.any([disconnected.signal, settings.closing]);
  }

  async send(frames: Iterable<Frame>): Promise<StreamEnd> {
    const ping = setInterval(() => this.#ping(), pingEveryMs);
    try {
      return await this.#send(frames);
    } catch (error) {
      if (this.#signal.aborted) return 'left';
      throw error;
    } finally {
      clearInterval(ping);
      this.#response.end();
    }
  }

  async #send(frames: Iterable<Frame>): Promise<StreamEnd> {
    for (const frame of frames) {
      if (frame.kind === 'wait') {
        this.#begin();
        await this.#clock.sleep(frame.durationMs, this.#signal);
        continue;
      }
      const end = await this.#deliver(frame);
      if (end !== undefined) return end;
    }
    const { interruption } = this.#faults.nextDelivery();
    return interruption === undefined ? 'whole' : this.#interrupt(interruption);
  }

  async #deliver(frame: Extract<Frame, { kind: 'data' }>): Promise<StreamEnd | undefined> {
    const { waitMs, garbage, interruption, error } = this.#faults.nextDelivery();
    if (waitMs !== undefined) await this.#clock.sleep(waitMs * this.#clock.scale, this.#signal);
    if (interruption !== undefined) return this.#interrupt(interruption);
    if (error !== undefined) {
      await this.#write(this.#dialect.errorFrame({ status: 500, ...error }));
      return 'error';
    }
    if (garbage !== undefined) await this.#writeText(garbage);
    await this.#write(frame);
    this.#faults.recordSent(frame);
    if (frame.isDelta === true && this.#paceMs > 0) {
      await this.#clock.sleep(this.#paceMs, this.#signal);
    }
    if (this.#signal.aborted) return 'left';
    return undefined;
  }

  async #interrupt(how: 'reset' | 'end' | 'silence'): Promise<StreamEnd> {
    if (how === 'silence') {
      this.#isSilent = true;
      if (!this.#signal.aborted) await once(this.#signal, 'abort');
      return 'cut';
    }
    if (this.#response.headersSent) {
      await new Promise<void>((resolve) => setTimeout(resolve, settleMs));
    }
    if (how === 'reset' || !this.#response.headersSent) this.#response.socket?.resetAndDestroy();
    return 'cut';
  }

  #isSilent = false;

  #ping(): void {
    if (!this.#response.headersSent || this.#isSilent || this.#response.writableNeedDrain) return;
    this.#response.write(textOf(this.#dialect.pingFrame));
  }

  #begin(): void {
    if (this.#response.headersSent) return;
    this.#response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
    });
    this.#response.flushHeaders();
  }

  async #write(frame: Frame): Promise<void> {
    await this.#writeText(textOf(frame));
  }

  async #writeText(text: string): Promise<void> {
    this.#begin();
    if (this.#signal.aborted || this.#response.write(text)) return;
    await once(this.#response, 'drain', { signal: this.#signal });
  }
}

function textOf(frame: Frame): string {
  if (frame.kind === 'wait') return '';
  const event = frame.event === undefined ? '' : `event: ${frame.event}\n`;
  return `${event}data: ${frame.data}\n\n`;
}
