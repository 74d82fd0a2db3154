import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { type Dispatcher, request } from 'undici';
import { createHttpDispatcher, type HttpDispatcher } from '../../../../lib/http-dispatcher.ts';
import { isLoopback, proxiesOf } from '../../../../lib/proxies.ts';
import { ToolProblem } from './own-tool.ts';
import { isPublicAddress, PrivateAddress, publicLookup } from './public-address.ts';

export type FetchedPage = {
  readonly url: string;
  readonly status: number;
  readonly contentType: string;
  readonly bytes: Buffer;
  /** It was larger than what was read. */
  readonly isCut: boolean;
};

const MAX_BYTES = 5 * 1024 * 1024;
const MAX_REDIRECTS = 5;
const TIMEOUT_MS = 60_000;
const CONNECT_TIMEOUT_MS = 15_000;

/**
 * Reads a page by GET. Every address on the way, redirects too, is judged when it is connected to; `allowsPrivate` says
 * for which URLs the person allows one that is not of the open internet. Throws `ToolProblem` with what went wrong.
 */
export async function fetchPage(
  address: string,
  signal: AbortSignal,
  allowsPrivate: (url: URL) => boolean,
): Promise<FetchedPage> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  let url = urlOf(address);
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const outbound = await wayTo(url, allowsPrivate(url));
    try {
      const answer = await getOnce(url, outbound.dispatcher, deadline);
      if (!(answer instanceof URL)) return answer;
      url = answer;
    } catch (error) {
      throw problemOf(error, url, signal);
    } finally {
      await outbound.destroy();
    }
  }
  throw new ToolProblem(`${address} redirects more than ${MAX_REDIRECTS} times.`);
}

function urlOf(address: string, base?: URL): URL {
  const url = URL.parse(address, base?.href);
  if (url === null) throw new ToolProblem(`${address} is not a URL.`);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new ToolProblem(`Only http and https URLs can be fetched, not ${url.protocol}`);
  if (url.username !== '' || url.password !== '')
    throw new ToolProblem('A URL with a user name or a password cannot be fetched.');
  return url;
}

async function wayTo(url: URL, isAllowed: boolean): Promise<HttpDispatcher> {
  const options = { connectTimeoutMs: CONNECT_TIMEOUT_MS, pipelining: 0 };
  if (isAllowed) return createHttpDispatcher(options);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  // A number is never looked up, and this machine is never behind a proxy.
  const isPrivate = isLoopback(url) || (isIP(host) !== 0 && !isPublicAddress(host));
  if (isPrivate) throw new ToolProblem(privateWords(`${host} is a private address.`));
  const { http, https } = proxiesOf(process.env);
  if (http === null && https === null)
    return createHttpDispatcher({ ...options, connect: { lookup: publicLookup } });
  // The proxy looks the name up. What this machine knows of it is better than nothing.
  const known = await lookup(host, { all: true }).catch(() => []);
  const hidden = known.find(({ address }) => !isPublicAddress(address));
  if (hidden !== undefined)
    throw new ToolProblem(privateWords(`${host} is the private address ${hidden.address}.`));
  return createHttpDispatcher(options);
}

/** The page, or where it has moved. */
async function getOnce(
  url: URL,
  dispatcher: Dispatcher,
  signal: AbortSignal,
): Promise<FetchedPage | URL> {
  const { statusCode, headers, body } = await request(url, {
    dispatcher,
    signal,
    headers: { 'user-agent': 'Cerevisor', accept: 'text/html,text/*,application/json,*/*;q=0.5' },
  });
  const location = first(headers.location);
  if (statusCode >= 300 && statusCode < 400 && location !== '') {
    body.on('error', () => {}).destroy();
    return urlOf(location, url);
  }
  const pieces: Buffer[] = [];
  let sizeBytes = 0;
  // The body of a response is bytes.
  for await (const piece of body as AsyncIterable<Buffer>) {
    pieces.push(piece);
    sizeBytes += piece.length;
    if (sizeBytes > MAX_BYTES) break;
  }
  return {
    url: url.href,
    status: statusCode,
    contentType: first(headers['content-type']),
    bytes: Buffer.concat(pieces).subarray(0, MAX_BYTES),
    isCut: sizeBytes > MAX_BYTES,
  };
}

const first = (header: string | string[] | undefined): string =>
  (Array.isArray(header) ? header[0] : header) ?? '';

const privateWords = (reason: string): string =>
  `${reason} Pages on private networks are fetched only if a rule of the workflow allows their address.`;

function problemOf(error: unknown, url: URL, signal: AbortSignal): unknown {
  if (error instanceof ToolProblem || signal.aborted) return error;
  if (!(error instanceof Error)) return error;
  const cause = error.cause instanceof Error ? error.cause : error;
  if (cause instanceof PrivateAddress) return new ToolProblem(privateWords(cause.message));
  if (error.name === 'TimeoutError') return new ToolProblem(`${url.href} did not respond in time.`);
  return new ToolProblem(`${url.href} cannot be fetched: ${cause.message}`);
}
