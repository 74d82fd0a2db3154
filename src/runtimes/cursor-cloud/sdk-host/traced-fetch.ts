import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * The SDK has no timeouts, ignores `Retry-After`, does not expose the agent's URL and opens a stream with every send. All of
 * its REST traffic uses the global `fetch`, so the host replaces it with a wrapper: calls can be aborted, the relevant
 * responses are recorded, and streams are never opened.
 */
export type CallTrace = {
  readonly signal: AbortSignal;
  retryAfter?: string;
  /** The raw body of the response that created an agent or a run. */
  created?: string;
};

const TOKEN_EXCHANGE_TIMEOUT_MS = 5_000;
const traces = new AsyncLocalStorage<CallTrace>();

export const withTrace = <Value>(trace: CallTrace, run: () => Promise<Value>): Promise<Value> =>
  traces.run(trace, run);

export function traceFetch(originalFetch: typeof fetch): typeof fetch {
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (url.pathname.endsWith('/stream')) return pendingStream(init?.signal ?? undefined);
    const trace = traces.getStore();
    const signals = [init?.signal, trace?.signal].filter((signal) => signal != null);
    // The SDK exchanges the key for a token before its first request, and would wait for the response forever.
    if (url.pathname.startsWith('/auth/'))
      signals.push(AbortSignal.timeout(TOKEN_EXCHANGE_TIMEOUT_MS));
    const response = await originalFetch(input, { ...init, signal: AbortSignal.any(signals) });
    if (trace === undefined) return response;
    const retryAfter = response.headers.get('retry-after');
    if (retryAfter !== null) trace.retryAfter = retryAfter;
    return isCreation(init?.method, url, response) ? captureBody(trace, response) : response;
  };
}

/** Runs are followed by our own reader. The SDK's stream stays pending until its handle is closed. */
function pendingStream(signal: AbortSignal | undefined): Promise<Response> {
  return new Promise((_, reject) => {
    if (signal === undefined || signal.aborted) return reject(new Error('stream not wanted'));
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

const isCreation = (method: string | undefined, url: URL, response: Response): boolean =>
  response.ok && method === 'POST' && /\/v1\/agents(\/[^/]+\/runs)?$/.test(url.pathname);

async function captureBody(trace: CallTrace, response: Response): Promise<Response> {
  const body = await response.text();
  trace.created = body;
  return new Response(body, { status: response.status, headers: response.headers });
}
