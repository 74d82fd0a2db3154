import { formatSize } from '../lib/format.ts';
import { type ArtifactErrorCode, type ArtifactResult, artifactFailure } from './artifact-error.ts';
import type { ArtifactLimits } from './limits.ts';
import { type LinkReach, rejectionReason } from './link-policy.ts';
import type { PartFile } from './part-file.ts';
import { ForbiddenAddressError, type StorageFetch, type StorageResponse } from './storage-fetch.ts';
import { TransferWatchdog } from './watchdog.ts';

export type TransferRequest = {
  readonly url: string;
  /** The size that the provider declared. */
  readonly sizeBytes: number;
  readonly reach: LinkReach;
  readonly limits: ArtifactLimits;
  readonly fetch: StorageFetch;
  readonly signal: AbortSignal;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly onBytes: (receivedBytes: number) => void;
};

/** A failure that another attempt may fix; `strongEtag` allows it to resume the transfer. */
export type Interruption = {
  readonly ok: false;
  readonly error: { code: ArtifactErrorCode; message: string; suggestion: string };
  readonly isRetryable: true;
  readonly strongEtag?: string;
};

export type TransferOutcome = ArtifactResult<void> | Interruption;

/** One attempt to receive the rest of an artifact into its part file. */
export async function transfer(
  request: TransferRequest,
  part: PartFile,
  resumeEtag: string | undefined,
): Promise<TransferOutcome> {
  if (resumeEtag === undefined && part.sizeBytes > 0) await part.restart();
  using watchdog = new TransferWatchdog(request.limits, request.now);
  const signal = AbortSignal.any([request.signal, watchdog.signal]);
  let strongEtag = resumeEtag;
  try {
    const result = await follow(request, headersFor(part, resumeEtag), signal);
    if (!result.ok) return result;
    const response = result.value;
    const refusal = await validateResponse(response, request, part, resumeEtag);
    if (refusal) {
      await response.body?.cancel();
      return refusal;
    }
    strongEtag = strongEtagOf(response) ?? (response.status === 206 ? resumeEtag : undefined);
    return await receive(response, request, part, watchdog);
  } catch (error) {
    // The caller handles errors of the disk; all others come from the network.
    if (isSystemErrorOfDisk(error)) throw error;
    return toFailure(error, request, watchdog, strongEtag);
  }
}

function headersFor(part: PartFile, resumeEtag: string | undefined): Record<string, string> {
  // A compressed body would not match the declared size or a range.
  const headers = { 'accept-encoding': 'identity' };
  if (resumeEtag === undefined) return headers;
  return { ...headers, range: `bytes=${part.sizeBytes}-`, 'if-range': resumeEtag };
}

/** Follows redirects one by one, because each may lead to a forbidden address. */
async function follow(
  request: TransferRequest,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<ArtifactResult<StorageResponse>> {
  let address = request.url;
  for (let hop = 0; hop <= request.limits.maxRedirects; hop += 1) {
    const url = URL.parse(address);
    const refusal = url === null ? 'is not an address' : rejectionReason(url, request.reach);
    if (refusal !== undefined || url === null) return linkRefused(refusal ?? 'is not an address');
    const response = await request.fetch(url.href, { headers, redirect: 'manual', signal });
    const location = response.headers.get('location');
    const isRedirect = [301, 302, 303, 307, 308].includes(response.status) && location !== null;
    if (!isRedirect) return { ok: true, value: response };
    await response.body?.cancel();
    address = URL.parse(location, url.href)?.href ?? location;
  }
  return linkRefused('is redirected too often');
}

function linkRefused(reason: string) {
  return artifactFailure(
    'link_refused',
    `The link to the artifact ${reason}, so it was not followed.`,
    'Open the agent on the provider\u2019s page and download the artifact there.',
  );
}

/** Validates the status and headers of a response; undefined if its body can be used. */
async function validateResponse(
  { status, headers }: StorageResponse,
  { limits, sizeBytes }: TransferRequest,
  part: PartFile,
  resumeEtag: string | undefined,
): Promise<TransferOutcome | undefined> {
  const isResumed = resumeEtag !== undefined;
  if (isResumed && status === 206) {
    const continues = headers.get('content-range')?.startsWith(`bytes ${part.sizeBytes}-`);
    return continues
      ? undefined
      : retry('storage_failed', 'The storage sent a different part than requested.');
  }
  if (isResumed && status === 416)
    return retry('storage_failed', 'The storage did not continue the download.');
  if (status !== 200) return failureForStatus(status, resumeEtag);
  // The artifact changed, or ranges are not supported: the body starts at the beginning.
  await part.restart();
  const length = Number(headers.get('content-length') ?? sizeBytes);
  if (length > limits.maxFileBytes) return tooLarge(length, limits);
  if (length !== sizeBytes && headers.get('content-encoding') === null)
    return sizeMismatch(length, sizeBytes);
  return undefined;
}

function failureForStatus(status: number, resumeEtag: string | undefined): TransferOutcome {
  if (status === 401 || status === 403 || status === 410)
    return artifactFailure('link_expired', 'The link to the artifact has expired.');
  if (status === 404)
    return artifactFailure(
      'artifact_missing',
      'The storage no longer has the artifact.',
      'It may have been removed; run the agent again if you need it.',
    );
  const message = `The storage responded with HTTP ${status}.`;
  if (status === 408 || status === 429 || status >= 500)
    return retry('storage_failed', message, resumeEtag);
  return artifactFailure('storage_failed', message);
}

async function receive(
  response: StorageResponse,
  request: TransferRequest,
  part: PartFile,
  watchdog: TransferWatchdog,
): Promise<TransferOutcome> {
  const { sizeBytes, limits } = request;
  for await (const chunk of response.body ?? []) {
    watchdog.received(chunk.length);
    // Checked before writing, so that an endless body cannot fill the disk.
    const received = part.sizeBytes + chunk.length;
    if (received > limits.maxFileBytes) return tooLarge(received, limits);
    if (received > sizeBytes) return sizeMismatch(received, sizeBytes);
    await part.append(chunk);
    request.onBytes(part.sizeBytes);
    if (watchdog.timedOut) break;
  }
  if (watchdog.timedOut) throw watchdog.signal.reason;
  if (part.sizeBytes === sizeBytes) return { ok: true, value: undefined };
  return sizeMismatch(part.sizeBytes, sizeBytes);
}

function toFailure(
  error: unknown,
  { signal, limits }: TransferRequest,
  watchdog: TransferWatchdog,
  strongEtag: string | undefined,
): TransferOutcome {
  if (signal.aborted) return artifactFailure('cancelled', 'The download was cancelled.');
  if (causes(error).some((cause) => cause instanceof ForbiddenAddressError))
    return linkRefused('leads to a private address');
  if (watchdog.timedOut)
    return retry(
      'too_slow',
      `The storage sent nothing for ${limits.idleTimeoutMs / 1000} s, or less than ${formatSize(limits.minBytesPerSecond)} per second.`,
      strongEtag,
    );
  const reason = causes(error).at(-1);
  const detail = reason instanceof Error ? reason.message : String(reason);
  return retry(
    'network_failed',
    `The connection to the storage was interrupted: ${detail}.`,
    strongEtag,
  );
}

/** The chain of causes, because `fetch` hides the real reason behind "fetch failed". */
function causes(error: unknown): unknown[] {
  const chain = [error];
  for (let current = error; current instanceof Error && current.cause; current = current.cause)
    chain.push(current.cause);
  return chain;
}

function isSystemErrorOfDisk(error: unknown): boolean {
  const operations = ['write', 'ftruncate', 'fsync', 'close', 'open'];
  return error instanceof Error && 'syscall' in error && operations.includes(String(error.syscall));
}

/** The ETag if it is strong. A weak one does not guarantee the same bytes, so it does not allow resuming. */
function strongEtagOf({ headers }: StorageResponse): string | undefined {
  const etag = headers.get('etag');
  if (etag === null || !/^"[^"]*"$/.test(etag) || headers.get('content-encoding') !== null)
    return undefined;
  return etag;
}

function retry(code: ArtifactErrorCode, message: string, strongEtag?: string): Interruption {
  const failure = artifactFailure(code, message);
  return { ...failure, isRetryable: true, ...(strongEtag === undefined ? {} : { strongEtag }) };
}

function tooLarge(sizeBytes: number, { maxFileBytes }: ArtifactLimits) {
  return artifactFailure(
    'too_large',
    `The artifact is at least ${formatSize(sizeBytes)} large; the limit is ${formatSize(maxFileBytes)}.`,
    'Download it on the provider\u2019s page.',
  );
}

function sizeMismatch(received: number, declared: number) {
  return artifactFailure(
    'size_mismatch',
    `The artifact was declared as ${formatSize(declared)}, but the storage sent ${formatSize(received)}.`,
    'It may have changed in the meantime: refetch the artifacts.',
  );
}
