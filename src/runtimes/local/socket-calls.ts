import { Agent, request } from 'undici';
import type { z } from 'zod';
import { type RunnerError, runnerErrorSchema } from './protocol.ts';

/** The result of a call to a runner. */
export type CallResult<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: CallError };
export type CallError = Omit<RunnerError, 'code'> & {
  readonly code: RunnerError['code'] | 'unreachable' | 'protocol';
};

export type Call = {
  readonly method: 'GET' | 'PUT' | 'POST';
  readonly path: string;
  readonly body?: unknown;
  readonly deadlineMs?: number;
};

const DEFAULT_TIMEOUT_MS = 30_000;

/** HTTP over the sockets of runners, with a connection pool for each address. */
export class SocketCalls {
  readonly #agents = new Map<string, Agent>();

  async call<Schema extends z.ZodType>(
    endpoint: RunnerEndpoint,
    { method, path, body, deadlineMs = DEFAULT_TIMEOUT_MS }: Call,
    schema: Schema,
  ): Promise<CallResult<z.output<Schema>>> {
    try {
      const response = await request(`http://runner${path}`, {
        method,
        dispatcher: this.#agentFor(endpoint.address),
        headers: headersFor(endpoint, body !== undefined),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(deadlineMs),
      });
      return decode(response.statusCode, await response.body.json(), schema);
    } catch (error) {
      return { ok: false, error: unreachable(error) };
    }
  }

  /** Opens a stream of bytes without a timeout; it ends by the signal. */
  async open(
    endpoint: RunnerEndpoint,
    path: string,
    signal: AbortSignal,
  ): Promise<CallResult<AsyncIterable<Buffer>>> {
    try {
      const response = await request(`http://runner${path}`, {
        dispatcher: this.#agentFor(endpoint.address),
        headers: headersFor(endpoint, false),
        signal,
      });
      if (response.statusCode === 200) return { ok: true, value: response.body };
      const parsed = runnerErrorSchema.safeParse(await response.body.json());
      return { ok: false, error: parsed.success ? parsed.data.error : PROTOCOL_ERROR };
    } catch (error) {
      return { ok: false, error: unreachable(error) };
    }
  }

  async close(): Promise<void> {
    const agents = [...this.#agents.values()];
    this.#agents.clear();
    await Promise.all(agents.map((agent) => agent.destroy()));
  }

  /** Drops the pool of an address, so that the next call opens a new connection. Calls in progress continue. */
  forget(address: string): void {
    const agent = this.#agents.get(address);
    this.#agents.delete(address);
    void agent?.close();
  }

  #agentFor(address: string): Agent {
    const existing = this.#agents.get(address);
    if (existing !== undefined) return existing;
    const agent = new Agent({
      connect: { socketPath: address, timeout: 10_000 },
      // A turn may be silent for hours; the reader of the stream watches for heartbeats.
      bodyTimeout: 0,
      headersTimeout: DEFAULT_TIMEOUT_MS,
      maxResponseSize: -1,
    });
    this.#agents.set(address, agent);
    return agent;
  }
}

/** The socket of a runner, and the secret that it requires. */
export type RunnerEndpoint = { readonly address: string; readonly secret: string };

const headersFor = ({ secret }: RunnerEndpoint, hasBody: boolean): Record<string, string> => ({
  authorization: `Bearer ${secret}`,
  ...(hasBody ? { 'content-type': 'application/json' } : {}),
});

const PROTOCOL_ERROR: CallError = {
  code: 'protocol',
  message: 'The runner sent a response that this version does not understand.',
};

function decode<Schema extends z.ZodType>(
  status: number,
  json: unknown,
  schema: Schema,
): CallResult<z.output<Schema>> {
  if (status !== 200) {
    const refused = runnerErrorSchema.safeParse(json);
    return { ok: false, error: refused.success ? refused.data.error : PROTOCOL_ERROR };
  }
  const parsed = schema.safeParse(json);
  return parsed.success ? { ok: true, value: parsed.data } : { ok: false, error: PROTOCOL_ERROR };
}

const unreachable = (error: unknown): CallError => ({
  code: 'unreachable',
  message: `The process that runs local agents does not respond (${error instanceof Error ? error.message : String(error)}).`,
});
