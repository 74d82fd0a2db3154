import { type Client, createClient } from '../../server/contract/client.ts';
import { locateDaemon } from './locate.ts';

/** Stands for "wherever the daemon listens now"; never resolved by name. */
const PLACEHOLDER = 'http://daemon.invalid';

/**
 * A client of the daemon of this home. Address and token are looked up for every request: a daemon that was
 * started again may listen on another port and have another token, and whoever follows a session must find it.
 */
export function connectTo(home: string): Client {
  const request: typeof fetch = async (input, init) => {
    const address = await locateDaemon(home);
    if (address === null) throw new TypeError('No daemon has left its address.');
    const headers = new Headers(init?.headers);
    headers.set('authorization', `Bearer ${address.token}`);
    const url = String(input).replace(PLACEHOLDER, `http://127.0.0.1:${address.port}`);
    return fetch(url, { ...init, headers });
  };
  return createClient({
    baseUrl: PLACEHOLDER,
    identity: { kind: 'token', token: '' },
    fetch: request,
  });
}

/** Whether a daemon of this home answers at this moment. */
export async function isAnswering(home: string, timeoutMs = 2_000): Promise<boolean> {
  const address = await locateDaemon(home);
  if (address === null) return false;
  try {
    const answer = await fetch(`http://127.0.0.1:${address.port}/health`, {
      signal: AbortSignal.timeout(timeoutMs),
    });
    await answer.body?.cancel();
    return answer.ok;
  } catch (error) {
    // Nobody listens there, or not in time: the two ways of not answering.
    if (
      error instanceof TypeError ||
      (error instanceof DOMException && error.name === 'TimeoutError')
    )
      return false;
    throw error;
  }
}
