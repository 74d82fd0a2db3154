import { z } from 'zod';
import { parseJson } from '../../../lib/json.ts';

const id = z.union([z.string(), z.number()]);
export type RpcId = z.infer<typeof id>;

/** JSON-RPC as Codex speaks it: one message a line, without the field that names the protocol. */
const message = z.looseObject({
  id: id.optional(),
  method: z.string().optional(),
  params: z.unknown().optional(),
  result: z.unknown().optional(),
  error: z.looseObject({ code: z.number(), message: z.string() }).optional(),
});

/** The other side refused a request. */
export class RpcError extends Error {
  override readonly name = 'RpcError';
}

/** The other side is gone: whether a request was carried out is not known. */
export class RpcClosed extends Error {
  override readonly name = 'RpcClosed';
}

export type RpcHandlers = {
  notified(method: string, params: unknown): void;
  /** To be answered by `respond` or `refuse`. */
  asked(id: RpcId, method: string, params: unknown): void;
  /** A line that is no message. */
  garbled(line: string): void;
};

const METHOD_NOT_FOUND = -32_601;

/** One side of a conversation. */
export class JsonRpc {
  readonly #write: (line: string) => void;
  readonly #handlers: RpcHandlers;
  readonly #waiting = new Map<RpcId, PromiseWithResolvers<unknown>>();
  #lastId = 0;
  #closed: RpcClosed | null = null;

  constructor(write: (line: string) => void, handlers: RpcHandlers) {
    this.#write = write;
    this.#handlers = handlers;
  }

  /** @throws RpcError, RpcClosed */
  request(method: string, params: unknown): Promise<unknown> {
    if (this.#closed !== null) return Promise.reject(this.#closed);
    this.#lastId += 1;
    const settled = Promise.withResolvers<unknown>();
    this.#waiting.set(this.#lastId, settled);
    this.#send({ id: this.#lastId, method, params });
    return settled.promise;
  }

  notify(method: string): void {
    this.#send({ method });
  }

  respond(id: RpcId, result: unknown): void {
    this.#send({ id, result });
  }

  refuse(id: RpcId, reason: string): void {
    this.#send({ id, error: { code: METHOD_NOT_FOUND, message: reason } });
  }

  receive(line: string): void {
    if (line.trim() === '') return;
    const read = message.safeParse(parseJson(line));
    if (!read.success) return void this.#handlers.garbled(line);
    const { id, method, params, result, error } = read.data;
    if (method !== undefined && id !== undefined) this.#handlers.asked(id, method, params);
    else if (method !== undefined) this.#handlers.notified(method, params);
    else if (id !== undefined) this.#settle(id, result, error);
  }

  /** What was asked for will not be answered anymore. */
  close(reason: string): void {
    const closed = new RpcClosed(reason);
    this.#closed = closed;
    for (const { reject } of this.#waiting.values()) reject(closed);
    this.#waiting.clear();
  }

  #settle(id: RpcId, result: unknown, error: { readonly message: string } | undefined): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(new RpcError(error.message));
  }

  #send(message: object): void {
    if (this.#closed === null) this.#write(`${JSON.stringify(message)}\n`);
  }
}
