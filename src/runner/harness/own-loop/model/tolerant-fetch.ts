import { EventSourceParserStream } from 'eventsource-parser/stream';
import { fieldsOf } from '../../../../lib/fields.ts';
import { ChunkShapes, chunksOfWhole } from './chunk-shapes.ts';

type Fetch = typeof globalThis.fetch;

/** Chat Completions, as servers speak it, for a library that wants it as it is written. */
export const tolerantFetch =
  (inner: Fetch): Fetch =>
  async (target, init) => {
    const response = await inner(target, init);
    if (!response.ok || response.body === null) return response;
    const type = response.headers.get('content-type') ?? '';
    const wantsStream = typeof init?.body === 'string' && /"stream":\s*true/.test(init.body);
    if (!wantsStream) return response;
    const body = type.includes('application/json')
      ? streamOfWhole(await response.json())
      : shaped(response.body);
    const headers = new Headers(response.headers);
    headers.set('content-type', 'text/event-stream');
    headers.delete('content-length');
    headers.delete('content-encoding');
    return new Response(body, { status: response.status, headers });
  };

function streamOfWhole(answer: unknown): ReadableStream<Uint8Array> {
  const shapes = new ChunkShapes();
  const chunks = chunksOfWhole(answer).map((chunk) => lineOf(shapes.read(chunk)));
  const { error } = fieldsOf(answer);
  if (error !== undefined) return bytesOf([lineOf(shapes.read(answer)), DONE]);
  const { missingEnd } = shapes;
  return bytesOf([...chunks, ...(missingEnd === undefined ? [] : [lineOf(missingEnd)]), DONE]);
}

function shaped(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const shapes = new ChunkShapes();
  return (
    body
      // Node's type of the decoder takes more kinds of bytes than these, and is not compatible for that alone.
      .pipeThrough(new TextDecoderStream() as unknown as ReadableWritablePair<string, Uint8Array>)
      .pipeThrough(new EventSourceParserStream())
      .pipeThrough(
        new TransformStream<{ data: string }, string>({
          transform: ({ data }, controller) => {
            if (data.trim() === '[DONE]') {
              const { missingEnd } = shapes;
              if (missingEnd !== undefined) controller.enqueue(lineOf(missingEnd));
              return controller.enqueue(DONE);
            }
            controller.enqueue(`data: ${shapedText(shapes, data)}\n\n`);
          },
        }),
      )
      .pipeThrough(new TextEncoderStream())
  );
}

/** What is no JSON is left to the library, which says so. */
function shapedText(shapes: ChunkShapes, data: string): string {
  try {
    return JSON.stringify(shapes.read(JSON.parse(data)));
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
