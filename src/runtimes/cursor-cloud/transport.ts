import type { Dispatcher } from 'undici';
import { createHttpDispatcher } from '../../lib/http-dispatcher.ts';

/** Timeouts for the stages of a request. Bodies of streams have none here; a watchdog monitors them. */
export type Deadlines = {
  readonly connectMs: number;
  readonly headersMs: number;
  readonly bodyMs: number;
};

const DEFAULT_DEADLINES: Deadlines = {
  connectMs: 10_000,
  headersMs: 30_000,
  bodyMs: 30_000,
};

/**
 * The connection pools to Cursor. After sleep, pooled sockets may be dead and would hang until TCP times out, so `renew()`
 * replaces them all.
 */
export type Transport = {
  /** For calls with a short response. */
  calls(): Dispatcher;
  /** For event streams: no limit on silence, and never HTTP/2, where one lost connection cuts all streams. */
  streams(): Dispatcher;
  renew(): void;
  close(): Promise<void>;
};

export function createTransport(deadlines: Deadlines = DEFAULT_DEADLINES): Transport {
  let calls = callAgent(deadlines);
  let streams = streamAgent(deadlines);
  const destroyAll = async () => {
    await Promise.all([calls.destroy(), streams.destroy()]);
  };
  return {
    calls: () => calls.dispatcher,
    streams: () => streams.dispatcher,
    renew() {
      void destroyAll(); // the current agents; their requests fail and are repeated
      calls = callAgent(deadlines);
      streams = streamAgent(deadlines);
    },
    close: destroyAll,
  };
}

const callAgent = (deadlines: Deadlines) =>
  createHttpDispatcher({
    allowH2: false,
    connectTimeoutMs: deadlines.connectMs,
    headersTimeout: deadlines.headersMs,
    bodyTimeout: deadlines.bodyMs,
    keepAliveTimeout: 30_000,
  });

const streamAgent = (deadlines: Deadlines) =>
  createHttpDispatcher({
    allowH2: false,
    connectTimeoutMs: deadlines.connectMs,
    headersTimeout: deadlines.headersMs,
    bodyTimeout: 0,
    pipelining: 0, // a stream never shares its socket with a later request
  });
