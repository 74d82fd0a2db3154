import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { create, toBinary } from '@bufbuild/protobuf';
import type { LocalStreamFaults } from '../faults/local-stream-faults.ts';
import { AgentServerMessageSchema } from '../proto/stream_pb.ts';
import { streamError, type TurnError } from '../wire/connect-error.ts';
import { endEnvelope, messageEnvelope } from '../wire/envelope.ts';
import type { Delivery, ServerMessage } from './server-message.ts';

/** The client disconnected, or a fault interrupted the stream: nothing more can be sent. */
export class StreamClosedError extends Error {
  override readonly name = 'StreamClosedError';
}

/** The client is documented to wait for at most 30 s. */
const heartbeatMs = 5_000;
/** Time for the preceding bytes to reach the client before a cut. */
const settleMs = 20;

/** The stream to the client: ordered messages, heartbeats, and one end. */
export class OutgoingStream {
  readonly #response: ServerResponse;
  readonly #closed = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #faults: LocalStreamFaults | undefined;
  #isSilent = false;
  #queue: Promise<void> = Promise.resolve();

  constructor(response: ServerResponse, closing: AbortSignal) {
    this.#response = response;
    response.writeHead(200, { 'content-type': 'application/connect+proto' });
    response.flushHeaders();
    const disconnect = () => this.#disconnect();
    response.on('close', disconnect);
    response.on('error', disconnect); // A client that disconnects is not an error; `close` follows.
    closing.addEventListener('abort', disconnect, { once: true });
    this.#closed.signal.addEventListener('abort', () =>
      closing.removeEventListener('abort', disconnect),
    );
    this.#timer = setInterval(() => this.#sendHeartbeat(), heartbeatMs);
  }

  /** Aborted when the client disconnects or the server closes. */
  get signal(): AbortSignal {
    return this.#closed.signal;
  }

  /** Applies the faults to all later messages. */
  setFaults(faults: LocalStreamFaults): void {
    this.#faults = faults;
  }

  /** Sends a message after the previous ones. Throws `StreamClosedError`. */
  send(message: ServerMessage): Promise<void> {
    const sending = this.#queue.then(() => this.#send(message));
    // The sender gets the error; the queue continues, so that later senders get theirs.
    this.#queue = sending.catch(() => undefined);
    return sending;
  }

  /** Ends the stream, with or without an error. */
  async end(error?: TurnError): Promise<void> {
    await this.#queue;
    if (this.#closed.signal.aborted) return;
    const ending = this.#faults?.ending() ?? { afterMs: 0, how: 'say' };
    if (ending.afterMs > 0) await pause(ending.afterMs, this.signal);
    if (ending.how === 'silence') {
      this.#isSilent = true;
      await once(this.signal, 'abort');
      return;
    }
    if (ending.how === 'say') {
      this.#response.write(endEnvelope(error === undefined ? undefined : streamError(error)));
    }
    this.close();
  }

  close(): void {
    this.#disconnect();
    if (!this.#response.writableEnded) this.#response.end();
  }

  async #send(message: ServerMessage): Promise<void> {
    this.#throwIfClosed();
    const bytes = encode(message);
    const delivery: Delivery = this.#faults?.deliver(message, bytes) ?? { bytes };
    if (delivery.waitMs !== undefined) await pause(delivery.waitMs, this.signal);
    this.#throwIfClosed();
    if (delivery.bytes.length > 0 && !this.#isSilent) await this.#write(delivery.bytes);
    if (delivery.interruption !== undefined) await this.interrupt(delivery.interruption);
    if (delivery.error !== undefined) {
      this.#response.write(endEnvelope(streamError(delivery.error)));
      this.close();
      this.#throwIfClosed();
    }
  }

  /** Interrupts the stream. Throws `StreamClosedError`, except for `silence`, which keeps the connection open. */
  async interrupt(how: 'reset' | 'end' | 'silence'): Promise<void> {
    if (how === 'silence') {
      this.#isSilent = true;
      return;
    }
    await new Promise<void>((resolve) => setTimeout(resolve, settleMs));
    if (how === 'reset') this.#response.socket?.resetAndDestroy();
    this.close();
    this.#throwIfClosed();
  }

  async #write(bytes: Uint8Array): Promise<void> {
    if (this.#response.write(bytes)) return;
    // It fails only if the client disconnects.
    await once(this.#response, 'drain', { signal: this.signal }).catch(() => this.#disconnect());
    this.#throwIfClosed();
  }

  #sendHeartbeat(): void {
    if (this.#isSilent || this.#faults?.hasHeartbeats === false) return;
    if (this.#response.writableNeedDrain) return;
    this.#response.write(encode({ case: 'interactionUpdate', value: heartbeat }));
  }

  #throwIfClosed(): void {
    if (this.#closed.signal.aborted) throw new StreamClosedError();
  }

  #disconnect(): void {
    clearInterval(this.#timer);
    this.#closed.abort(new StreamClosedError());
  }
}

const heartbeat = { message: { case: 'heartbeat' as const, value: {} } };

const encode = (message: ServerMessage): Buffer =>
  messageEnvelope(
    toBinary(AgentServerMessageSchema, create(AgentServerMessageSchema, { message })),
  );

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  signal.addEventListener('abort', () => resolve(), { once: true });
  await promise;
  clearTimeout(timer);
}
