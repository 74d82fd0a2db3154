import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StreamFaults } from '../faults/stream-faults.ts';
import type { StoredFrame } from '../store/events.ts';
import type { RunRecord } from '../store/records.ts';
import { isTerminal } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { StreamHub } from './hub.ts';
import { heartbeatFrame } from './wire.ts';

export type ConnectionSettings = {
  readonly store: Store;
  readonly hub: StreamHub;
  readonly run: RunRecord;
  /** Frames strictly after this position are sent. */
  readonly position: number;
  readonly heartbeat: { readonly firstMs: number; readonly intervalMs: number };
  readonly faults: StreamFaults;
  readonly closing: AbortSignal;
  /** A fault freezes the record, from which the first status is read. */
  readonly isFrozen: boolean;
};

const pageSize = 500;
const endEvents = new Set(['result', 'done']);

/** Writes one run's stream to one response until the end of the run, or until the reader disconnects. */
export class StreamConnection {
  readonly #settings: ConnectionSettings;
  readonly #outgoing: ServerResponse;
  readonly #disconnected = new AbortController();
  #position: number;
  #isSilent = false;
  #wake: (() => void) | undefined;
  #isDirty = true;
  #hasHeldBackEnd = false;

  constructor(outgoing: ServerResponse, settings: ConnectionSettings) {
    this.#outgoing = outgoing;
    this.#settings = settings;
    this.#position = settings.position;
  }

  async serve(): Promise<void> {
    const { hub, run, closing, faults } = this.#settings;
    const disconnect = () => {
      this.#disconnected.abort();
      this.#wake?.();
    };
    const unsubscribe = hub.subscribe(run.id, () => {
      this.#isDirty = true;
      this.#wake?.();
    });
    this.#outgoing.on('close', disconnect);
    this.#outgoing.on('error', disconnect); // A reader that disconnects is not an error; `close` follows.
    closing.addEventListener('abort', disconnect, { once: true });
    const stopHeartbeat = faults.hasHeartbeats ? this.#startHeartbeat() : () => undefined;
    try {
      await this.#sendStatus();
      await this.#follow();
    } finally {
      stopHeartbeat();
      unsubscribe();
      closing.removeEventListener('abort', disconnect);
      if (!this.#outgoing.writableEnded) this.#outgoing.end();
    }
  }

  /** Every connection starts with the current status, which has no id and is not stored. */
  async #sendStatus(): Promise<void> {
    const { store, run, isFrozen } = this.#settings;
    const status = isFrozen ? 'RUNNING' : (store.runs.find(run.id) ?? run).status;
    const data = JSON.stringify({ runId: run.id, status });
    await this.#send([{ seq: this.#position, id: null, event: 'status', data }]);
  }

  async #follow(): Promise<void> {
    const { store, run } = this.#settings;
    while (!this.#disconnected.signal.aborted) {
      this.#isDirty = false;
      // Read before the frames: if the run is over now, the following page contains all remaining frames.
      const isOver = isTerminal((store.runs.find(run.id) ?? run).status);
      const frames = this.#isSilent ? [] : store.events.after(run.id, this.#position, pageSize);
      if (frames.length > 0) await this.#send(frames);
      else if (isOver && !this.#isSilent) return;
      else if (!this.#isDirty) await this.#sleep();
    }
  }

  async #send(frames: readonly StoredFrame[]): Promise<void> {
    const { faults } = this.#settings;
    if (faults.isIdle) {
      await this.#write(frames);
      return;
    }
    for (const frame of frames) {
      if (endEvents.has(frame.event)) await this.#holdBackEnd();
      const { text, interruption } = faults.deliver(frame);
      if (this.#disconnected.signal.aborted) return;
      if (text !== '') await this.#writeText(text);
      this.#position = Math.max(this.#position, frame.seq);
      if (interruption === undefined) continue;
      await this.#interrupt(interruption);
      return;
    }
  }

  async #interrupt(interruption: 'reset' | 'end' | 'silence'): Promise<void> {
    if (interruption === 'silence') {
      this.#isSilent = true;
      return;
    }
    // The bytes written so far must reach the reader first.
    await new Promise<void>((resolve) => setTimeout(resolve, 20));
    if (interruption === 'reset') this.#outgoing.socket?.destroy();
    this.#outgoing.end();
    this.#disconnected.abort();
  }

  async #holdBackEnd(): Promise<void> {
    const { endDelayMs } = this.#settings.faults;
    if (this.#hasHeldBackEnd || endDelayMs === 0) return;
    this.#hasHeldBackEnd = true;
    // Not longer than somebody reads.
    await sleep(endDelayMs, null, { signal: this.#disconnected.signal }).catch(() => undefined);
  }

  async #write(frames: readonly StoredFrame[]): Promise<void> {
    await this.#writeText(
      frames.map((frame) => this.#settings.faults.deliver(frame).text).join(''),
    );
    this.#position = Math.max(this.#position, frames.at(-1)?.seq ?? 0);
  }

  /** Waits for a slow reader, so that frames stay in the database, not in memory. */
  async #writeText(text: string): Promise<void> {
    if (this.#disconnected.signal.aborted || this.#outgoing.destroyed) return;
    if (this.#outgoing.write(text)) return;
    await once(this.#outgoing, 'drain', { signal: this.#disconnected.signal }).catch(
      (error: unknown) => {
        if (!this.#disconnected.signal.aborted) throw error;
      },
    );
  }

  async #sleep(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    await promise;
    this.#wake = undefined;
  }

  #startHeartbeat(): () => void {
    const { firstMs, intervalMs } = this.#settings.heartbeat;
    let timer: NodeJS.Timeout | undefined;
    const sendHeartbeat = () => {
      if (!this.#outgoing.writableNeedDrain) this.#outgoing.write(heartbeatFrame);
      timer = setTimeout(sendHeartbeat, intervalMs);
    };
    timer = setTimeout(sendHeartbeat, firstMs);
    return () => clearTimeout(timer);
  }
}
