import type { Dispatcher } from 'undici';
import { request } from 'undici';
import type { z } from 'zod';
import {
  type CallFailure,
  callFailure,
  causeCodes,
  failureFromNetwork,
  failureFromResponse,
} from './errors.ts';
import type { CallKind, Pauses } from './pauses.ts';
import type { Clock } from './time.ts';
import type { Transport } from './transport.ts';

export type RestResult<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly failure: CallFailure };

/** Reads Cursor's API. Calls are limited in time and size, responses are validated, and failures are returned as values. */
export type Rest = {
  get<Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    options?: ReadOptions,
  ): Promise<RestResult<z.output<Schema>>>;
};

export type ReadOptions = {
  readonly query?: Readonly<Record<string, string | number>>;
  /** Aborts the read, which then fails with `unreachable`. */
  readonly signal?: AbortSignal | undefined;
};

export type RestOptions = {
  readonly backendUrl: string;
  readonly apiKey: () => string | null;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly pauses: Pauses;
  /** Limit for the whole call, from the first byte sent to the last byte read. */
  readonly timeoutMs?: number;
};

const MAX_BODY_BYTES = 16 * 1024 * 1024;
const DEFAULT_TIMEOUT_MS = 45_000;

export const MISSING_KEY = callFailure('unauthorized', 'No valid Cursor API key is set.', true);

export function createRest(options: RestOptions): Rest {
  return {
    async get(path, schema, read = {}) {
      const key = options.apiKey();
      if (key === null) return { ok: false, failure: MISSING_KEY };
      const pause = options.pauses.of(kindOf(path));
      const { reason, waitMs } = pause;
      if (reason !== null && waitMs > 0)
        return { ok: false, failure: pausedFailure(reason, waitMs) };
      pause.recordCall();
      const result = await send(options, path, key, read);
      if (result.ok) {
        pause.end();
        return decode(result.value, schema, path);
      }
      const { code, retryAfterMs } = result.failure.error;
      if (code === 'rate_limited' && retryAfterMs !== undefined) pause.begin(retryAfterMs);
      return result;
    },
  };
}

function pausedFailure(reason: string, retryAfterMs: number): CallFailure {
  const failure = callFailure('rate_limited', reason, true);
  return { ...failure, error: { ...failure.error, retryAfterMs } };
}

function kindOf(path: string): CallKind {
  if (path.includes('/artifacts')) return 'artifacts';
  if (path.endsWith('/usage')) return 'usage';
  return path === '/v1/agents' ? 'list' : 'record';
}

async function send(
  options: RestOptions,
  path: string,
  key: string,
  { query = {}, signal }: ReadOptions,
): Promise<RestResult<string>> {
  const timeout = AbortSignal.timeout(options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  try {
    const response = await request(`${options.backendUrl}${path}`, {
      dispatcher: options.transport.calls(),
      query,
      headers: { authorization: `Bearer ${key}`, accept: 'application/json' },
      signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
    });
    const body = await readBounded(response.body);
    if (body === null) {
      return {
        ok: false,
        failure: callFailure('protocol', `Cursor's response to ${path} is too large.`),
      };
    }
    if (response.statusCode >= 200 && response.statusCode < 300) return { ok: true, value: body };
    const retryAfter = headerText(response.headers['retry-after']);
    const failure = failureFromResponse(
      { status: response.statusCode, body, retryAfter },
      options.clock(),
    );
    return { ok: false, failure };
  } catch (thrown) {
    return { ok: false, failure: failureFromNetwork(causeCodes(thrown), `GET ${path}`) };
  }
}

/** The body as text; null if it exceeds the limit. */
export async function readBounded(
  body: Dispatcher.ResponseData['body'],
  maxBytes = MAX_BODY_BYTES,
): Promise<string | null> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of body) {
    // undici yields Buffers unless an encoding is set on the body, and none is.
    const bytes = chunk as Buffer;
    sizeBytes += bytes.byteLength;
    if (sizeBytes > maxBytes) {
      body.destroy();
      return null;
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function decode<Schema extends z.ZodType>(
  body: string,
  schema: Schema,
  path: string,
): RestResult<z.output<Schema>> {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    const message = `The response to GET ${path} did not come from Cursor's API: it is not JSON.`;
    return { ok: false, failure: callFailure('unreachable', message) };
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return { ok: true, value: parsed.data };
  const fieldPath = parsed.error.issues[0]?.path.join('.') ?? '';
  const message = `Cursor's response to GET ${path} has an unexpected format (at "${fieldPath}").`;
  return { ok: false, failure: callFailure('protocol', message) };
}

export function headerText(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
