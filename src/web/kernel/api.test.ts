import { afterEach, describe, expect, it, vi } from 'vitest';
import { routes } from '../../contract/routes.ts';
import { api } from './api.ts';

/** Passed for every argument: nobody reads it. */
const anyArgument = 'x y';

type SentRequest = { readonly method: string; readonly path: string };

const noStorage = { getItem: () => null, setItem() {}, removeItem() {} };

/** Calls every function of `api` and records the request that it sends. */
async function recordRequests(): Promise<Map<string, SentRequest>> {
  const sent = new Map<string, SentRequest>();
  vi.stubGlobal('localStorage', noStorage);
  for (const [name, callFunction] of Object.entries(api)) {
    const record = (method: string, address: string) =>
      sent.set(name, { method, path: address.replace(/\?.*$/, '') });
    const recordingFetch: typeof fetch = async (address, { method = 'GET' } = {}) => {
      record(method, String(address));
      return Response.json({ csrfToken: anyArgument });
    };
    vi.stubGlobal('fetch', recordingFetch);
    // Only the paths matter here; the compiler checks the arguments at real call sites.
    const answer = (callFunction as (...args: unknown[]) => unknown)(
      anyArgument,
      anyArgument,
      anyArgument,
    );
    if (typeof answer === 'string') record('GET', answer);
    await answer;
  }
  return sent;
}

function isServed({ method, path }: SentRequest): boolean {
  return Object.values(routes).some((route) => {
    const pattern = route.path.replaceAll(/\{\w+\}/g, '[^/]+');
    return route.method.toUpperCase() === method && new RegExp(`^${pattern}$`).test(path);
  });
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('requests of the app', () => {
  it('match routes of the daemon in path and method', async () => {
    const sent = await recordRequests();
    expect(sent.size).toBe(Object.keys(api).length);
    expect([...sent].filter(([, request]) => !isServed(request))).toEqual([]);
  });
});
