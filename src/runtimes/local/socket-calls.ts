import { Agent, request } from 'undici';
import type { z } from 'zod';
import { type RunnerError, runnerErrorSchema } from './protocol.ts';

/** An answer of a runner, or why there is none. */
export type CallAnswer<Value> =
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

const DEADLINE_MS = 30_000;

/** HTTP over the sockets of runners: a pool of connections for each address. */
export class SocketCalls {
  readonly #agents = new Map<string, Agent>();

  async call<Schema extends z.ZodType>(
    place: RunnerPlace,
    { method, path, body, deadlineMs = DEADLINE_MS }: Call,
    schema: Schema,
  ): Promise<CallAnswer<z.output<Schema>>> {
    try {
      const response = await request(`http://runner${path}`, {
        method,
        dispatcher: this.#agentFor(place.address),
        headers: headersFor(place, body !== undefined),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(deadlineMs),
      });
      return decode(response.statusCode, await response.body.json(), schema);
    } catch (error) {
      return { ok: false, error: unreachable(error) };
    }
  }

  /** A stream of bytes, without any limit in time but the signal's. */
  async open(
    place: RunnerPlace,
    path: string,
    signal: AbortSignal,
  ): Promise<CallAnswer<AsyncIterable<Buffer>>> {
    try {
      const response = await request(`http://runner${path}`, {
        dispatcher: this.#agentFor(place.address),
        headers: headersFor(place, false),
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

  /** The next call opens a connection of its own to whoever listens at the address then; what is in progress continues. */
  forget(address: string): void {
    const agent = this.#agents.get(address);
    this.#agents.delete(address);
    void agent?.close();
  }

  #agentFor(address: string): Agent {
    const known = this.#agents.get(address);
    if (known !== undefined) return known;
    const agent = new Agent({
      connect: { socketPath: address, timeout: 10_000 },
      // A turn may be silent for hours; heartbeats are watched by whoever reads.
      bodyTimeout: 0,
      headersTimeout: DEADLINE_MS,
      maxResponseSize: -1,
    });
    this.#agents.set(address, agent);
    return agent;
  }
}

/** Where a runner listens, and the secret that it wants to hear. */
export type RunnerPlace = { readonly address: string; readonly secret: string };

const headersFor = ({ secret }: RunnerPlace, hasBody: boolean): Record<string, string> => ({
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
): CallAnswer<z.output<Schema>> {
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
