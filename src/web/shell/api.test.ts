import { afterEach, describe, expect, it, vi } from 'vitest';
import { routes } from '../../contract/routes.ts';
import { api } from '../kernel/api.ts';

/** The arguments with which a function of `api` is called here: any text will do, since nobody answers. */
const anything = 'x y';

type Asked = { readonly method: string; readonly path: string };

const noStorage = { getItem: () => null, setItem() {}, removeItem() {} };

/** Calls everything that `api` offers and notes what it asks for. */
async function whatIsAsked(): Promise<Map<string, Asked>> {
  const asked = new Map<string, Asked>();
  vi.stubGlobal('localStorage', noStorage);
  for (const [name, ask] of Object.entries(api)) {
    const note = (method: string, address: string) =>
      asked.set(name, { method, path: address.replace(/\?.*$/, '') });
    const fetchNoted: typeof fetch = async (address, { method = 'GET' } = {}) => {
      note(method, String(address));
      return Response.json({ csrfToken: anything });
    };
    vi.stubGlobal('fetch', fetchNoted);
    // Only the paths matter here; the types of the arguments are held by the compiler where they are used.
    const answer = (ask as (...args: unknown[]) => unknown)(anything, anything, anything);
    if (typeof answer === 'string') note('GET', answer);
    await answer;
  }
  return asked;
}

function isServed({ method, path }: Asked): boolean {
  return Object.values(routes).some((route) => {
    const pattern = route.path.replaceAll(/\{\w+\}/g, '[^/]+');
    return route.method.toUpperCase() === method && new RegExp(`^${pattern}$`).test(path);
  });
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('what the app asks the daemon for', () => {
  it('is served by the daemon: every path, with the same method', async () => {
    const asked = await whatIsAsked();
    expect(asked.size).toBe(Object.keys(api).length);
    expect([...asked].filter(([, request]) => !isServed(request))).toEqual([]);
  });
});
