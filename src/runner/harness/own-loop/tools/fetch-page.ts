import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { type Dispatcher, request } from 'undici';
import { createHttpDispatcher, type HttpDispatcher } from '../../../../lib/http-dispatcher.ts';
import { isLoopback, proxiesOf } from '../../../../lib/proxies.ts';
import { isPublicAddress, PrivateAddress, publicLookup } from './public-address.ts';
import { ToolError } from './tool.ts';

export type FetchedPage = {
  readonly url: string;
  readonly status: number;
  readonly contentType: string;
  readonly bytes: Buffer;
  /** The page was larger than the limit. */
  readonly isCut: boolean;
};

const MAX_BYTES = 5 * 1024 * 1024;
const MAX_REDIRECTS = 5;
const TIMEOUT_MS = 60_000;
const CONNECT_TIMEOUT_MS = 15_000;

/**
 * Fetches a page with GET. Every address, including those of redirects, is checked when it is connected to;
 * `allowsPrivate` decides which URLs may have a private address. Throws `ToolError`.
 */
export async function fetchPage(
  address: string,
  signal: AbortSignal,
  allowsPrivate: (url: URL) => boolean,
): Promise<FetchedPage> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  let url = urlOf(address);
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const outbound = await dispatcherFor(url, allowsPrivate(url));
    try {
      const result = await fetchOnce(url, outbound.dispatcher, deadline);
      if (!(result instanceof URL)) return result;
      url = result;
    } catch (error) {
      throw toToolError(error, url, signal);
    } finally {
      await outbound.destroy();
    }
  }
  throw new ToolError(`${address} redirects more than ${MAX_REDIRECTS} times.`);
}

function urlOf(address: string, base?: URL): URL {
  const url = URL.parse(address, base?.href);
  if (url === null) throw new ToolError(`${address} is not a URL.`);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new ToolError(`Only http and https URLs can be fetched, not ${url.protocol}`);
  if (url.username !== '' || url.password !== '')
    throw new ToolError('A URL with a user name or a password cannot be fetched.');
  return url;
}

async function dispatcherFor(url: URL, allowPrivate: boolean): Promise<HttpDispatcher> {
  const options = { connectTimeoutMs: CONNECT_TIMEOUT_MS, pipelining: 0 };
  if (allowPrivate) return createHttpDispatcher(options);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  // Numeric addresses are not looked up, and this machine is never behind a proxy.
  const isPrivate = isLoopback(url) || (isIP(host) !== 0 && !isPublicAddress(host));
  if (isPrivate) throw new ToolError(privateAddressMessage(`${host} is a private address.`));
  const { http, https } = proxiesOf(process.env);
  if (http === null && https === null)
    return createHttpDispatcher({ ...options, connect: { lookup: publicLookup } });
  // The proxy looks the name up; the result of this machine may differ, but is better than nothing.
  const addresses = await lookup(host, { all: true }).catch(() => []);
  const privateAddress = addresses.find(({ address }) => !isPublicAddress(address));
  if (privateAddress !== undefined)
    throw new ToolError(
      privateAddressMessage(`${host} is the private address ${privateAddress.address}.`),
    );
  return createHttpDispatcher(options);
}

/** The page, or the URL of a redirect. */
async function fetchOnce(
  url: URL,
  dispatcher: Dispatcher,
  signal: AbortSignal,
): Promise<FetchedPage | URL> {
  const { statusCode, headers, body } = await request(url, {
    dispatcher,
    signal,
    headers: { 'user-agent': 'Cerevisor', accept: 'text/html,text/*,application/json,*/*;q=0.5' },
  });
  const location = firstValue(headers.location);
  if (statusCode >= 300 && statusCode < 400 && location !== '') {
    body.on('error', () => {}).destroy();
    return urlOf(location, url);
  }
  const pieces: Buffer[] = [];
  let sizeBytes = 0;
  // The body is a stream of buffers.
  for await (const piece of body as AsyncIterable<Buffer>) {
    pieces.push(piece);
    sizeBytes += piece.length;
    if (sizeBytes > MAX_BYTES) break;
  }
  return {
    url: url.href,
    status: statusCode,
    contentType: firstValue(headers['content-type']),
    bytes: Buffer.concat(pieces).subarray(0, MAX_BYTES),
    isCut: sizeBytes > MAX_BYTES,
  };
}

const firstValue = (header: string | string[] | undefined): string =>
  (Array.isArray(header) ? header[0] : header) ?? '';

const privateAddressMessage = (reason: string): string =>
  `${reason} Pages on private networks are fetched only if a rule of the workflow allows their address.`;

function toToolError(error: unknown, url: URL, signal: AbortSignal): unknown {
  if (error instanceof ToolError || signal.aborted) return error;
  if (!(error instanceof Error)) return error;
  const cause = error.cause instanceof Error ? error.cause : error;
  if (cause instanceof PrivateAddress) return new ToolError(privateAddressMessage(cause.message));
  if (error.name === 'TimeoutError') return new ToolError(`${url.href} did not respond in time.`);
  return new ToolError(`${url.href} cannot be fetched: ${cause.message}`);
}
