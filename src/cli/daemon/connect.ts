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
