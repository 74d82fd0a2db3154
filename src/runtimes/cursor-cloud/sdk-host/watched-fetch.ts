import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * The SDK has no deadlines, drops `Retry-After`, keeps the agent's URL to itself and opens a stream with every
 * send. All of its REST traffic goes through the global `fetch`, so the host hands it one that is watched:
 * a call can be aborted, its last answer is remembered, and no stream ever leaves this process.
 */
export type CallTrace = {
  readonly signal: AbortSignal;
  retryAfter?: string;
  /** Raw body of the answer that created an agent or a run. */
  created?: string;
};

const EXCHANGE_DEADLINE_MS = 5_000;
const traces = new AsyncLocalStorage<CallTrace>();

export const traced = <Result>(trace: CallTrace, run: () => Promise<Result>): Promise<Result> =>
  traces.run(trace, run);

export function watchFetch(fetchForReal: typeof fetch): typeof fetch {
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (url.pathname.endsWith('/stream')) return neverOpen(init?.signal ?? undefined);
    const trace = traces.getStore();
    const signals = [init?.signal, trace?.signal].filter((signal) => signal != null);
    // The SDK trades the key for a token before its first request, and would wait for that answer forever.
    if (url.pathname.startsWith('/auth/')) signals.push(AbortSignal.timeout(EXCHANGE_DEADLINE_MS));
    const response = await fetchForReal(input, { ...init, signal: AbortSignal.any(signals) });
    if (trace === undefined) return response;
    const retryAfter = response.headers.get('retry-after');
    if (retryAfter !== null) trace.retryAfter = retryAfter;
    return isCreation(init?.method, url, response) ? remember(trace, response) : response;
  };
}

/** Our own reader follows runs; the SDK's stream waits here, unopened, until its handle is closed. */
function neverOpen(signal: AbortSignal | undefined): Promise<Response> {
  return new Promise((_, reject) => {
    if (signal === undefined || signal.aborted) return reject(new Error('stream not wanted'));
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

const isCreation = (method: string | undefined, url: URL, response: Response): boolean =>
  response.ok && method === 'POST' && /\/v1\/agents(\/[^/]+\/runs)?$/.test(url.pathname);

async function remember(trace: CallTrace, response: Response): Promise<Response> {
  const body = await response.text();
  trace.created = body;
  return new Response(body, { status: response.status, headers: response.headers });
}
