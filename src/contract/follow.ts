import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { type Backoff, fullJitter } from '../lib/backoff.ts';
import { sleep } from '../lib/sleep.ts';
import { startWatchdog } from '../lib/watchdog.ts';
import {
  type ApiResponse,
  type Connection,
  errorFrom,
  isSameBuild,
  requestPath,
  send,
} from './call.ts';
import type { StatusView } from './daemon-views.ts';
import { endpoints } from './endpoints.ts';
import { ApiError } from './errors.ts';
import type { EventView } from './event-views.ts';

/** The state of the stream; `waitMs` is the pause before the next attempt. */
export type StreamConnection =
  | { readonly state: 'connecting' }
  | { readonly state: 'live' }
  | { readonly state: 'reconnecting'; readonly error: ApiError; readonly waitMs: number };

export type FollowOptions = {
  /** Continue after this `position` (after this `seq`, with `session`). Default: from the beginning. */
  readonly after?: number;
  /** Only this session: an id or a prefix of one. */
  readonly session?: string;
  readonly types?: readonly string[];
  readonly signal: AbortSignal;
  /** Called in order, once for each event, after it was committed. */
  readonly onEvent: (event: EventView) => void;
  /** Everything that was on disk when the connection opened has been delivered. */
  readonly onReady?: (cursor: number) => void;
  readonly onStatus?: (status: StatusView) => void;
  readonly onConnection?: (connection: StreamConnection) => void;
};

/** The daemon sends a comment every 15 s; after three missing comments, the connection counts as lost. */
const SILENCE_MS = 45_000;
const BACKOFF: Backoff = { baseMs: 250, capMs: 5_000 };
/** A restarted daemon is not ready immediately. */
const MIN_DELAY_MS = 100;

/** Errors that a retry cannot fix, such as a missing login or an unknown session. */
const isFinal = (error: ApiError): boolean =>
  error.status >= 400 && error.status < 500 && error.status !== 429;

/**
 * Follows the daemon's event stream through any number of reconnects, without losing or repeating an event.
 * Resolves when `signal` is aborted.
 * @throws ApiError if the daemon rejects the request permanently (not logged in, no such session).
 */
export async function follow(connection: Connection, options: FollowOptions): Promise<void> {
  let cursor = options.after ?? 0;
  let failures = 0;
  const deliver = (message: EventSourceMessage, read: MessageReader): void => {
    failures = 0;
    if (message.event === 'ready') options.onReady?.(cursor);
    else if (message.event === 'status') {
      const status = read.status(JSON.parse(message.data));
      if (status !== null) options.onStatus?.(status);
    } else if (message.event === undefined) {
      const id = Number(message.id);
      if (id <= cursor) return;
      options.onEvent(read.event(JSON.parse(message.data)));
      cursor = id;
    }
  };
  while (!options.signal.aborted) {
    options.onConnection?.({ state: 'connecting' });
    const error = await readOnce(connection, options, cursor, deliver);
    if (error === null) return;
    if (isFinal(error)) throw error;
    failures += 1;
    const waitMs = fullJitter(BACKOFF, failures, Math.random, MIN_DELAY_MS);
    options.onConnection?.({ state: 'reconnecting', error, waitMs });
    await sleep(waitMs, options.signal);
  }
}

/** Reads one connection to its end. Null if the caller stopped it; otherwise why it ended. */
async function readOnce(
  connection: Connection,
  options: FollowOptions,
  cursor: number,
  deliver: (message: EventSourceMessage, read: MessageReader) => void,
): Promise<ApiError | null> {
  const attempt = new AbortController();
  const stop = (): void => attempt.abort();
  options.signal.addEventListener('abort', stop, { once: true });
  using silence = startWatchdog(SILENCE_MS, stop);
  try {
    const query = { session: options.session, types: options.types };
    const response = await send(connection, requestPath(endpoints.events.path, {}, query), {
      headers: { accept: 'text/event-stream', 'last-event-id': String(cursor) },
      signal: attempt.signal,
    });
    if (!response.ok) return await errorFrom(response);
    const read = await messageReader(response);
    options.onConnection?.({ state: 'live' });
    // An error of a listener is a bug of the caller, and must not be treated as a lost connection.
    const thrown: unknown[] = [];
    const parser = createParser({
      onEvent: (message) => {
        if (thrown.length > 0 || options.signal.aborted) return;
        try {
          deliver(message, read);
        } catch (bug) {
          thrown.push(bug);
        }
      },
    });
    const decoder = new TextDecoder();
    for await (const value of chunksOf(response)) {
      silence.reset();
      parser.feed(decoder.decode(value, { stream: true }));
      if (thrown.length > 0) throw new ListenerFailure(thrown[0]);
    }
    return options.signal.aborted ? null : lost('The daemon closed the event stream.');
  } catch (error) {
    if (error instanceof ListenerFailure) throw error.cause;
    if (options.signal.aborted) return null;
    return error instanceof ApiError ? error : lost('The event stream was interrupted.');
  } finally {
    options.signal.removeEventListener('abort', stop);
    attempt.abort();
  }
}

type MessageReader = {
  readonly event: (json: unknown) => EventView;
  /** Null for a status of another shape. */
  readonly status: (json: unknown) => StatusView | null;
};

/** Accepts messages of our own build without checks, and checks all others. */
async function messageReader(answer: ApiResponse): Promise<MessageReader> {
  if (!isSameBuild(answer)) {
    const { checkEvent, checkStatus } = await import('./check-response.ts');
    return { event: checkEvent, status: checkStatus };
  }
  // The daemon was compiled with these types.
  return { event: (json) => json as EventView, status: (json) => json as StatusView };
}

/** The chunks of a response body. Not every browser can iterate over a stream. */
async function* chunksOf({ body }: ApiResponse): AsyncGenerator<Uint8Array> {
  if (body === null) return;
  if (!('getReader' in body)) return yield* body;
  const reader = body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
}

/** Carries an error thrown by a listener past the handling of broken connections. */
class ListenerFailure extends Error {
  constructor(thrown: unknown) {
    super('A listener of the event stream threw an error.', { cause: thrown });
  }
}

function lost(message: string): ApiError {
  return new ApiError(0, {
    code: 'daemon_unreachable',
    message,
    suggestion: 'Reading continues from the same position as soon as the daemon responds.',
  });
}
