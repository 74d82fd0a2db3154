import { z } from 'zod';
import { parseJson } from '../../../lib/json.ts';

const id = z.union([z.string(), z.number()]);
export type RpcId = z.infer<typeof id>;

/** JSON-RPC as used by Codex: one message per line, without the `jsonrpc` field. */
const message = z.looseObject({
  id: id.optional(),
  method: z.string().optional(),
  params: z.unknown().optional(),
  result: z.unknown().optional(),
  error: z.looseObject({ code: z.number(), message: z.string() }).optional(),
});

/** The other side rejected a request. */
export class RpcError extends Error {
  override readonly name = 'RpcError';
}

/** The connection is closed: whether a pending request was carried out is unknown. */
export class RpcClosed extends Error {
  override readonly name = 'RpcClosed';
}

export type RpcHandlers = {
  onNotification(method: string, params: unknown): void;
  /** Must be answered by `respond` or `reject`. */
  onRequest(id: RpcId, method: string, params: unknown): void;
  /** A line that is not a valid message. */
  onInvalidLine(line: string): void;
};

const METHOD_NOT_FOUND = -32_601;

/** One end of a JSON-RPC connection. */
export class JsonRpc {
  readonly #write: (line: string) => void;
  readonly #handlers: RpcHandlers;
  readonly #pending = new Map<RpcId, PromiseWithResolvers<unknown>>();
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
    const deferred = Promise.withResolvers<unknown>();
    this.#pending.set(this.#lastId, deferred);
    this.#send({ id: this.#lastId, method, params });
    return deferred.promise;
  }

  notify(method: string): void {
    this.#send({ method });
  }

  respond(id: RpcId, result: unknown): void {
    this.#send({ id, result });
  }

  reject(id: RpcId, reason: string): void {
    this.#send({ id, error: { code: METHOD_NOT_FOUND, message: reason } });
  }

  receive(line: string): void {
    if (line.trim() === '') return;
    const parsed = message.safeParse(parseJson(line));
    if (!parsed.success) return void this.#handlers.onInvalidLine(line);
    const { id, method, params, result, error } = parsed.data;
    if (method !== undefined && id !== undefined) this.#handlers.onRequest(id, method, params);
    else if (method !== undefined) this.#handlers.onNotification(method, params);
    else if (id !== undefined) this.#settle(id, result, error);
  }

  /** Rejects all pending requests. */
  close(reason: string): void {
    const closed = new RpcClosed(reason);
    this.#closed = closed;
    for (const { reject } of this.#pending.values()) reject(closed);
    this.#pending.clear();
  }

  #settle(id: RpcId, result: unknown, error: { readonly message: string } | undefined): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (error === undefined) pending?.resolve(result);
    else pending?.reject(new RpcError(error.message));
  }

  #send(message: object): void {
    if (this.#closed === null) this.#write(`${JSON.stringify(message)}\n`);
  }
}
