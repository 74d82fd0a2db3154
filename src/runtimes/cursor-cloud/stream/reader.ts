import { type Dispatcher, request } from 'undici';
import {
  type CallFailure,
  causeCodes,
  failureFromNetwork,
  failureFromResponse,
} from '../errors.ts';
import { headerText, readBounded } from '../rest.ts';
import type { Clock } from '../time.ts';
import type { Frame } from './frame.ts';
import { createFrameParser } from './frame-parser.ts';
import { startStreamWatchdog, type WatchdogLimits } from './watchdog.ts';

/** How a connection ended. Only frames show the state of the run; the end of the body proves nothing. */
export type ConnectionEnd =
  | { readonly kind: 'done' }
  | { readonly kind: 'dropped'; readonly reason: string }
  | { readonly kind: 'silent' }
  | { readonly kind: 'aborted' }
  | { readonly kind: 'refused'; readonly status: number; readonly failure: CallFailure }
  | { readonly kind: 'unreachable'; readonly failure: CallFailure };

export type ConnectionRequest = {
  readonly url: string;
  readonly apiKey: string;
  readonly dispatcher: Dispatcher;
  readonly clock: Clock;
  readonly lastEventId: string | undefined;
  readonly signal: AbortSignal;
  readonly watchdog: WatchdogLimits;
  readonly maxFrameCharacters?: number;
};

export type ConnectionEvents = {
  /** The server accepted the request and the stream is open. */
  onOpen(): void;
  /** All frames of one chunk of the body in order, without heartbeats. */
  onFrames(frames: readonly Frame[]): void;
  onBytes(): void;
  onOversized(): void;
};

const MAX_ERROR_BODY_BYTES = 64 * 1024;

/** Reads one connection to its end. Never rejects. */
export async function readConnection(
  connection: ConnectionRequest,
  events: ConnectionEvents,
): Promise<ConnectionEnd> {
  const abort = new AbortController();
  const abortConnection = () => abort.abort();
  if (connection.signal.aborted) return { kind: 'aborted' };
  connection.signal.addEventListener('abort', abortConnection, { once: true });
  using watchdog = startStreamWatchdog(connection.watchdog, abortConnection);
  let isOpen = false;
  try {
    const response = await request(connection.url, {
      dispatcher: connection.dispatcher,
      signal: abort.signal,
      headers: headersFor(connection),
    });
    const refusal = await refusalOf(response, connection.clock);
    if (refusal !== null) return refusal;
    isOpen = true;
    events.onOpen();
    return await readBody(response.body, connection, events, watchdog.reset);
  } catch (thrown) {
    if (connection.signal.aborted) return { kind: 'aborted' };
    if (watchdog.hasTimedOut) return { kind: 'silent' };
    if (isOpen)
      return {
        kind: 'dropped',
        reason: `the stream was interrupted (${causeCodes(thrown).join(', ')})`,
      };
    return { kind: 'unreachable', failure: failureFromNetwork(causeCodes(thrown), 'the stream') };
  } finally {
    connection.signal.removeEventListener('abort', abortConnection);
    abort.abort(); // frees the socket if the body was not read to its end
  }
}

function headersFor({ apiKey, lastEventId }: ConnectionRequest): Record<string, string> {
  const headers = { authorization: `Bearer ${apiKey}`, accept: 'text/event-stream' };
  return lastEventId === undefined ? headers : { ...headers, 'last-event-id': lastEventId };
}

async function refusalOf(
  response: Dispatcher.ResponseData,
  clock: Clock,
): Promise<ConnectionEnd | null> {
  const status = response.statusCode;
  const contentType = headerText(response.headers['content-type']) ?? '';
  if (status === 200 && contentType.startsWith('text/event-stream')) return null;
  if (status === 204) return { kind: 'dropped', reason: 'there is no stream (204)' };
  if (status >= 200 && status < 300) {
    return { kind: 'dropped', reason: `the response is not an event stream (${contentType})` };
  }
  const body = (await readBounded(response.body, MAX_ERROR_BODY_BYTES)) ?? '';
  const retryAfter = headerText(response.headers['retry-after']);
  return {
    kind: 'refused',
    status,
    failure: failureFromResponse({ status, body, retryAfter }, clock()),
  };
}

async function readBody(
  body: Dispatcher.ResponseData['body'],
  { maxFrameCharacters }: ConnectionRequest,
  events: ConnectionEvents,
  onData: (isHeartbeat: boolean) => void,
): Promise<ConnectionEnd> {
  let frames: Frame[] = [];
  let isDone = false;
  let hadHeartbeat = false;
  const parser = createFrameParser(
    {
      onFrame(frame) {
        if (isDone) return; // nothing follows after `done`
        if (frame.event === 'heartbeat') {
          hadHeartbeat = true;
          return;
        }
        frames.push(frame);
        if (frame.event === 'done') isDone = true;
      },
      onOversized: () => events.onOversized(),
    },
    maxFrameCharacters,
  );
  // A character may be split between chunks, so the decoder keeps its state.
  const decoder = new TextDecoder();
  for await (const chunk of body) {
    // undici yields Buffers unless an encoding is set on the body, and none is.
    parser.feed(decoder.decode(chunk as Buffer, { stream: true }));
    onData(hadHeartbeat);
    events.onBytes();
    if (frames.length > 0) {
      const batch = frames;
      frames = [];
      events.onFrames(batch);
    }
    if (isDone) return { kind: 'done' };
  }
  return { kind: 'dropped', reason: 'the stream ended without "done"' };
}

/** Describes why a connection ended. */
export function describeEnd(end: ConnectionEnd): string {
  switch (end.kind) {
    case 'done':
      return 'the stream sent "done" without a result';
    case 'dropped':
      return end.reason;
    case 'silent':
      return 'nothing more arrived on the connection';
    case 'refused':
    case 'unreachable':
      return end.failure.error.message;
    case 'aborted':
      return 'reconnecting';
    default:
      return end satisfies never;
  }
}
