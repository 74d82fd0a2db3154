import { followTurn } from '../threads/follow-turn.ts';
import type { Thread } from '../threads/thread.ts';
import type { ThreadRegistry } from '../threads/thread-registry.ts';

/** As much text as goes into the connection at once. */
const CHUNK_LENGTH = 32_768;

/**
 * The lines of a turn as a stream. It is read when the connection takes more, so a reader that stands still costs
 * nothing but its connection.
 */
export function followResponse(
  threads: ThreadRegistry,
  thread: Thread,
  { turnId, after }: { readonly turnId: string; readonly after: number },
): Response {
  const abort = new AbortController();
  const reading = threads.reading(thread.threadId);
  const chunks = chunksOf(followTurn(thread, turnId, after, abort.signal), abort.signal);
  const end = () => {
    abort.abort();
    reading[Symbol.dispose]();
  };
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await chunks.next();
          if (done !== true) return controller.enqueue(value);
          end();
          controller.close();
        } catch (error) {
          end();
          controller.error(error);
        }
      },
      cancel: end,
    },
    { highWaterMark: 1 },
  );
  return new Response(body, {
    headers: { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' },
  });
}

/** Puts what is there already together, and never waits for more. */
async function* chunksOf(
  lines: AsyncGenerator<object>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  let text = '';
  let next = lines.next();
  for (;;) {
    const isThere = await Promise.race([next.then(() => true), soon().then(() => false)]);
    if (!isThere && text !== '') {
      yield encoder.encode(text);
      text = '';
    }
    const line = await next;
    if (line.done === true || signal.aborted) break;
    text += `${JSON.stringify(line.value)}\n`;
    next = lines.next();
    if (text.length < CHUNK_LENGTH) continue;
    yield encoder.encode(text);
    text = '';
  }
  if (text !== '') yield encoder.encode(text);
}

const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
