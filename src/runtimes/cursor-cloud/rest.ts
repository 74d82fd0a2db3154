import type { Dispatcher } from 'undici';
import { request } from 'undici';
import type { z } from 'zod';
import {
  type CallFailure,
  causeCodes,
  failureFromAnswer,
  failureFromNetwork,
  ownFailure,
} from './errors.ts';
import type { CallKind, Pauses } from './pauses.ts';
import type { Clock } from './time.ts';
import type { Transport } from './transport.ts';

export type RestAnswer<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly failure: CallFailure };

/** Plain reads of Cursor's API. Bounded in time and size, checked at the door, never thrown. */
export type Rest = {
  get<Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    options?: ReadOptions,
  ): Promise<RestAnswer<z.output<Schema>>>;
};

export type ReadOptions = {
  readonly query?: Readonly<Record<string, string | number>>;
  /** Gives the read up early; it then answers `unreachable`. */
  readonly signal?: AbortSignal | undefined;
};

export type RestOptions = {
  readonly backendUrl: string;
  readonly apiKey: () => string | null;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly pauses: Pauses;
  /** For the whole call, from the first byte sent to the last byte read. */
  readonly deadlineMs?: number;
};

const MAX_BODY_BYTES = 16 * 1024 * 1024;
const DEFAULT_DEADLINE_MS = 45_000;

export const MISSING_KEY = ownFailure('unauthorized', 'No valid Cursor API key is set.', true);

export function createRest(options: RestOptions): Rest {
  return {
    async get(path, schema, read = {}) {
      const key = options.apiKey();
      if (key === null) return { ok: false, failure: MISSING_KEY };
      const pause = options.pauses.of(kindOf(path));
      const { reason, waitMs } = pause;
      if (reason !== null && waitMs > 0)
        return { ok: false, failure: pausedFailure(reason, waitMs) };
      pause.enter();
      const answer = await readAnswer(options, path, key, read);
      if (answer.ok) {
        pause.end();
        return decode(answer.value, schema, path);
      }
      const { code, retryAfterMs } = answer.failure.error;
      if (code === 'rate_limited' && retryAfterMs !== undefined) pause.begin(retryAfterMs);
      return answer;
    },
  };
}

function pausedFailure(reason: string, retryAfterMs: number): CallFailure {
  const failure = ownFailure('rate_limited', reason, true);
  return { ...failure, error: { ...failure.error, retryAfterMs } };
}

function kindOf(path: string): CallKind {
  if (path.includes('/artifacts')) return 'artifacts';
  if (path.endsWith('/usage')) return 'usage';
  return path === '/v1/agents' ? 'list' : 'record';
}

async function readAnswer(
  options: RestOptions,
  path: string,
  key: string,
  { query = {}, signal }: ReadOptions,
): Promise<RestAnswer<string>> {
  const deadline = AbortSignal.timeout(options.deadlineMs ?? DEFAULT_DEADLINE_MS);
  try {
    const response = await request(`${options.backendUrl}${path}`, {
      dispatcher: options.transport.calls(),
      query,
      headers: { authorization: `Bearer ${key}`, accept: 'application/json' },
      signal: signal === undefined ? deadline : AbortSignal.any([deadline, signal]),
    });
    const body = await readBounded(response.body);
    if (body === null) {
      return {
        ok: false,
        failure: ownFailure('protocol', `Cursor's response to ${path} is too large.`),
      };
    }
    if (response.statusCode >= 200 && response.statusCode < 300) return { ok: true, value: body };
    const retryAfter = headerText(response.headers['retry-after']);
    const failure = failureFromAnswer(
      { status: response.statusCode, body, retryAfter },
      options.clock(),
    );
    return { ok: false, failure };
  } catch (thrown) {
    return { ok: false, failure: failureFromNetwork(causeCodes(thrown), `GET ${path}`) };
  }
}

/** The body as text, or null once it outgrows the cap. */
export async function readBounded(
  body: Dispatcher.ResponseData['body'],
  maxBytes = MAX_BODY_BYTES,
): Promise<string | null> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of body) {
    // undici yields Buffers as long as no encoding is set on the body, and none is.
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
): RestAnswer<z.output<Schema>> {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    const message = `The response to GET ${path} did not come from Cursor's API: it is not JSON.`;
    return { ok: false, failure: ownFailure('unreachable', message) };
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return { ok: true, value: parsed.data };
  const where = parsed.error.issues[0]?.path.join('.') ?? '';
  const message = `Cursor's response to GET ${path} has an unexpected format (at "${where}").`;
  return { ok: false, failure: ownFailure('protocol', message) };
}

export function headerText(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
