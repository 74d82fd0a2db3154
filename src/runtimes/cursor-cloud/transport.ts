import type { Dispatcher } from 'undici';
import { createHttpDispatcher } from '../../lib/http-dispatcher.ts';

/** How long each stage of a request may take. Bodies of streams have no limit here: a watchdog looks after them. */
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
 * The sockets to Cursor. After sleep every pooled socket is suspect (a dead one hangs until TCP gives up), so
 * `renew()` throws them all away and starts again.
 */
export type Transport = {
  /** For calls with a short answer. */
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
      void destroyAll(); // the agents of this very moment; what they carried fails and is repeated
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
