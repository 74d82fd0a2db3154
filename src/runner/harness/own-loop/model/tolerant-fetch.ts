import { EventSourceParserStream } from 'eventsource-parser/stream';
import { fieldsOf } from '../../../../lib/fields.ts';
import { ChunkNormalizer, chunksOfResponse } from './chunk-normalizer.ts';

type Fetch = typeof globalThis.fetch;

/**
 * Wraps `fetch` so that responses of imperfectly compatible servers have the format that the client library expects.
 */
export const tolerantFetch =
  (inner: Fetch): Fetch =>
  async (target, init) => {
    const response = await inner(target, init);
    if (!response.ok || response.body === null) return response;
    const type = response.headers.get('content-type') ?? '';
    const isStreamRequested = typeof init?.body === 'string' && /"stream":\s*true/.test(init.body);
    if (!isStreamRequested) return response;
    const body = type.includes('application/json')
      ? streamOfResponse(await response.json())
      : normalizedStream(response.body);
    const headers = new Headers(response.headers);
    headers.set('content-type', 'text/event-stream');
    headers.delete('content-length');
    headers.delete('content-encoding');
    return new Response(body, { status: response.status, headers });
  };

function streamOfResponse(responseBody: unknown): ReadableStream<Uint8Array> {
  const normalizer = new ChunkNormalizer();
  const chunks = chunksOfResponse(responseBody).map((chunk) => lineOf(normalizer.read(chunk)));
  const { error } = fieldsOf(responseBody);
  if (error !== undefined) return bytesOf([lineOf(normalizer.read(responseBody)), DONE]);
  const { missingEnd } = normalizer;
  return bytesOf([...chunks, ...(missingEnd === undefined ? [] : [lineOf(missingEnd)]), DONE]);
}

function normalizedStream(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const normalizer = new ChunkNormalizer();
  return (
    body
      // Node's decoder type accepts more kinds of input and is only for that reason incompatible.
      .pipeThrough(new TextDecoderStream() as unknown as ReadableWritablePair<string, Uint8Array>)
      .pipeThrough(new EventSourceParserStream())
      .pipeThrough(
        new TransformStream<{ data: string }, string>({
          transform: ({ data }, controller) => {
            if (data.trim() === '[DONE]') {
              const { missingEnd } = normalizer;
              if (missingEnd !== undefined) controller.enqueue(lineOf(missingEnd));
              return controller.enqueue(DONE);
            }
            controller.enqueue(`data: ${normalizedText(normalizer, data)}\n\n`);
          },
        }),
      )
      .pipeThrough(new TextEncoderStream())
  );
}

/** Invalid JSON is passed on; the library reports it. */
function normalizedText(normalizer: ChunkNormalizer, data: string): string {
  try {
    return JSON.stringify(normalizer.read(JSON.parse(data)));
  } catch {
    return data;
  }
}

const DONE = 'data: [DONE]\n\n';
const lineOf = (chunk: unknown): string => `data: ${JSON.stringify(chunk)}\n\n`;

const bytesOf = (lines: readonly string[]): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start: (controller) => {
      for (const line of lines) controller.enqueue(new TextEncoder().encode(line));
      controller.close();
    },
  });
