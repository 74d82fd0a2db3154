import { followTurn } from '../threads/follow-turn.ts';
import type { Thread } from '../threads/thread.ts';
import type { ThreadRegistry } from '../threads/thread-registry.ts';

/** Maximum length of one chunk. */
const CHUNK_LENGTH = 32_768;

/**
 * Streams the lines of a turn. Lines are read only as the connection accepts more, so a slow client costs no memory.
 */
export function followResponse(
  threads: ThreadRegistry,
  thread: Thread,
  { turnId, after }: { readonly turnId: string; readonly after: number },
): Response {
  const abort = new AbortController();
  const reader = threads.addReader(thread.threadId);
  const chunks = chunksOf(followTurn(thread, turnId, after, abort.signal), abort.signal);
  const end = () => {
    abort.abort();
    reader[Symbol.dispose]();
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

/** Joins the lines that are available into chunks, without waiting for more. */
async function* chunksOf(
  lines: AsyncGenerator<object>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  let text = '';
  let next = lines.next();
  for (;;) {
    const isAvailable = await Promise.race([next.then(() => true), nextTick().then(() => false)]);
    if (!isAvailable && text !== '') {
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

const nextTick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
