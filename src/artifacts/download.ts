import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { type Backoff, fullJitter } from '../lib/backoff.ts';
import { formatSize } from '../lib/format.ts';
import { systemErrorCode } from '../lib/system-error.ts';
import { type ArtifactResult, artifactFailure } from './artifact-error.ts';
import type { ArtifactLimits } from './limits.ts';
import { PartFile } from './part-file.ts';
import { type TransferRequest, transfer } from './transfer.ts';

export type DownloadRequest = TransferRequest & {
  readonly directory: string;
  /** A name from `assignNames`; never a remote path. */
  readonly file: string;
  /** Waits between attempts; returns early, without an error, when the signal is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** From 0 to 1, for the jitter of the backoff. */
  readonly random: () => number;
  /** Called with the SHA-256 of the received content, before it replaces `file`. */
  readonly moveExisting: (sha256: string) => Promise<void>;
};

export type DownloadedFile = { readonly sizeBytes: number; readonly sha256: string };

const BACKOFF: Backoff = { baseMs: 500, capMs: 30_000 };

/**
 * Streams one artifact to its file with constant memory. The file appears complete and durable, or not at all: until
 * then the bytes are in a separate `.part-` file. An interrupted transfer is resumed if the storage guarantees that
 * the bytes are the same (a strong ETag), and restarted otherwise.
 */
export async function downloadArtifact(
  request: DownloadRequest,
): Promise<ArtifactResult<DownloadedFile>> {
  const { directory, file, sizeBytes, limits } = request;
  if (sizeBytes > limits.maxFileBytes)
    return artifactFailure(
      'too_large',
      `The artifact is ${formatSize(sizeBytes)} large; the limit is ${formatSize(limits.maxFileBytes)}.`,
      'Download it on the provider\u2019s page.',
    );
  try {
    const shortage = await diskShortage(directory, sizeBytes, limits);
    if (shortage) return shortage;
    await using part = await PartFile.create(directory);
    const received = await receiveWithRetries(request, part);
    if (!received.ok) return received;
    const sha256 = await part.finish();
    await request.moveExisting(sha256);
    await part.commit(join(directory, file));
    return { ok: true, value: { sizeBytes: part.sizeBytes, sha256 } };
  } catch (error) {
    return diskFailure(error);
  }
}

async function receiveWithRetries(
  request: DownloadRequest,
  part: PartFile,
): Promise<ArtifactResult<void>> {
  let etag: string | undefined;
  for (let attempts = 1; ; attempts += 1) {
    const outcome = await transfer(request, part, etag);
    if (outcome.ok || !('isRetryable' in outcome)) return outcome;
    if (attempts >= request.limits.maxAttempts) return { ok: false, error: outcome.error };
    etag = part.sizeBytes > 0 ? outcome.strongEtag : undefined;
    const wait = fullJitter(BACKOFF, attempts, request.random);
    await request.sleep(wait, request.signal);
    if (request.signal.aborted) return artifactFailure('cancelled', 'The download was cancelled.');
  }
}

async function diskShortage(directory: string, sizeBytes: number, limits: ArtifactLimits) {
  const { bavail, bsize } = await statfs(directory);
  const free = bavail * bsize;
  if (free - sizeBytes >= limits.minFreeBytes) return undefined;
  return diskFull(`${formatSize(free)} free, ${formatSize(sizeBytes)} needed`);
}

function diskFull(detail: string) {
  return artifactFailure(
    'disk_full',
    `There is not enough space for the artifact: ${detail}.`,
    'Free some space on this disk, then refetch the artifacts.',
  );
}

function diskFailure(error: unknown) {
  const code = systemErrorCode(error);
  if (code === undefined) throw error;
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull('the disk or your quota is full');
  return artifactFailure(
    'disk_failed',
    `The artifact could not be written: ${error instanceof Error ? error.message : code}.`,
    'Check that the folder is writable, then refetch the artifacts.',
  );
}
