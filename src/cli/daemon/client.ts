import type { Connection } from '../../contract/call.ts';
import { type Client, createClient } from '../../contract/client.ts';
import { locateDaemon } from './locate.ts';
import { requestOverHttp } from './request.ts';

/** Replaced by the daemon's current address in every request. */
const PLACEHOLDER = 'http://daemon.invalid';

/**
 * A client for this home's daemon. The address and the token are looked up for every request, because a restarted
 * daemon may have a different port and token, and a command that follows a session must find it.
 */
export function createDaemonClient(home: string): Client {
  const request: Connection['fetch'] = async (requestedUrl, init) => {
    const address = await locateDaemon(home);
    if (address === null) throw new TypeError('No daemon has recorded its address.');
    const headers = { ...init.headers, authorization: `Bearer ${address.token}` };
    const url = requestedUrl.replace(PLACEHOLDER, `http://127.0.0.1:${address.port}`);
    return requestOverHttp(url, { ...init, headers });
  };
  return createClient({
    baseUrl: PLACEHOLDER,
    identity: { kind: 'token', token: '' },
    fetch: request,
  });
}
