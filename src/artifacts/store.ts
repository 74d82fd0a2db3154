import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { formatSize } from '../lib/format.ts';
import { sleep } from '../lib/sleep.ts';
import { type ArtifactError, type ArtifactResult, artifactFailure } from './artifact-error.ts';
import { type DownloadedFile, type DownloadRequest, downloadArtifact } from './download.ts';
import { type ArtifactLimits, defaultLimits } from './limits.ts';
import type { LinkReach } from './link-policy.ts';
import { isIntact, type ManifestEntry } from './manifest.ts';
import { ManifestEditor } from './manifest-editor.ts';
import { PART_PREFIX } from './part-file.ts';
import { assignNames } from './safe-name.ts';
import type { StorageFetch } from './storage-fetch.ts';

export type ListedArtifact = {
  readonly path: string;
  readonly sizeBytes: number;
  readonly updatedAt?: string | undefined;
};

export type FetchedArtifact =
  | (ListedArtifact & { readonly file: string; readonly sha256: string })
  | (ListedArtifact & { readonly error: ArtifactError });

export type FetchArtifactsRequest = {
  /** From `agentDirectories`; created if it does not exist. */
  readonly directory: string;
  readonly list: readonly ListedArtifact[];
  /** The attempt, and the number of its ended turns; they distinguish files of the same path. */
  readonly attempt: number;
  readonly turn: number;
  /** Requests a link from the provider, just in time. Links are secrets and are neither stored nor shown. */
  readonly linkFor: (path: string) => Promise<
    | { readonly ok: true; readonly value: string }
    | {
        readonly ok: false;
        readonly error: { readonly message: string; readonly suggestion?: string };
      }
  >;
  /** `loopback` only when the backend itself is on this machine. */
  readonly reach: LinkReach;
  readonly fetch: StorageFetch;
  readonly signal: AbortSignal;
  readonly limits?: Partial<ArtifactLimits>;
  readonly onProgress?: (progress: ArtifactProgress) => void;
  /** Milliseconds since the epoch; for the manifest. */
  readonly now?: () => number;
  readonly sleep?: DownloadRequest['sleep'];
  readonly random?: () => number;
};

export type ArtifactProgress = {
  readonly path: string;
  readonly receivedBytes: number;
  readonly sizeBytes: number;
};

/** Fetches into the same folder are serialized, so that the second one finds what the first one fetched. */
const activeFetches = new Map<string, Promise<unknown>>();

/**
 * Downloads the artifacts of one agent, one by one, and returns the result of each in the order of the list. Files that are
 * unchanged and intact are not fetched again; files of earlier attempts or turns with the same path are kept next to the
 * newer file. Failures are part of the result.
 *
 * @throws only if the folder itself cannot be used
 */
export async function fetchArtifacts(request: FetchArtifactsRequest): Promise<FetchedArtifact[]> {
  const { directory } = request;
  const previous = activeFetches.get(directory) ?? Promise.resolve();
  // Only the end of the previous fetch matters here; its caller handles its outcome.
  const fetching = previous.then(
    () => fetchExclusively(request),
    () => fetchExclusively(request),
  );
  activeFetches.set(directory, fetching);
  try {
    return await fetching;
  } finally {
    if (activeFetches.get(directory) === fetching) activeFetches.delete(directory);
  }
}

/** Shared by the downloads of one call. */
type FetchContext = {
  readonly request: FetchArtifactsRequest;
  readonly limits: ArtifactLimits;
  readonly manifest: ManifestEditor;
};

async function fetchExclusively(request: FetchArtifactsRequest): Promise<FetchedArtifact[]> {
  const { directory } = request;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await removeLeftovers(directory);

  const manifest = await ManifestEditor.open(directory);
  try {
    const limits = { ...defaultLimits, ...request.limits };
    return await fetchEach({ request, limits, manifest });
  } finally {
    await manifest.save();
  }
}

async function fetchEach(context: FetchContext): Promise<FetchedArtifact[]> {
  const { request, limits, manifest } = context;
  const { byPath, others } = manifest.assigned;
  const listedPaths = request.list.slice(0, limits.maxFiles).map(({ path }) => path);
  const names = assignNames(listedPaths, byPath, others);
  const results: FetchedArtifact[] = [];
  let totalBytes = 0;
  for (const [index, artifact] of request.list.entries()) {
    totalBytes += artifact.sizeBytes;
    const refusal = overQuota(index, totalBytes, limits);
    results.push(
      refusal
        ? { ...artifact, error: refusal.error }
        : await fetchAndRecord(context, artifact, names.get(artifact.path) ?? ''),
    );
  }
  return results;
}

async function fetchAndRecord(
  context: FetchContext,
  artifact: ListedArtifact,
  file: string,
): Promise<FetchedArtifact> {
  const { request, manifest } = context;
  const { path } = artifact;
  const existing = manifest.newestOf(path);
  const result = await fetchOne(context, artifact, file);
  if (!result.ok) {
    // The file and manifest entry of an earlier fetch are kept.
    if (existing === undefined)
      await manifest.record({ path, file, sizeBytes: 0, state: 'missing' });
    return { ...artifact, error: result.error };
  }
  const { sha256 } = result.value;
  if (result.value !== existing)
    await manifest.record(toManifestEntry(request, artifact, file, sha256), artifact.sizeBytes);
  return { ...artifact, file, sha256 };
}

function overQuota(index: number, totalBytes: number, limits: ArtifactLimits) {
  if (index >= limits.maxFiles)
    return artifactFailure(
      'too_many',
      `The agent produced more than ${limits.maxFiles} artifacts; this one was not downloaded.`,
      'Let the agent combine them into fewer files.',
    );
  if (totalBytes > limits.maxTotalBytes)
    return artifactFailure(
      'session_too_large',
      `The artifacts of this agent exceed ${formatSize(limits.maxTotalBytes)} in total; this one was not downloaded.`,
      'Download it on the provider\u2019s page.',
    );
  return undefined;
}

type FetchedContent = Pick<DownloadedFile, 'sha256'>;

async function fetchOne(
  context: FetchContext,
  artifact: ListedArtifact,
  file: string,
): Promise<ArtifactResult<FetchedContent>> {
  const { request, manifest } = context;
  if (request.signal.aborted) return artifactFailure('cancelled', 'The download was cancelled.');
  const existing = manifest.newestOf(artifact.path);
  const isKnown = existing && isOfAttempt(existing, request) && isSameVersion(existing, artifact);
  if (isKnown && (await isIntact(request.directory, existing)))
    return { ok: true, value: existing };
  const first = await fetchByLink(context, artifact, file);
  if (first.ok || first.error.code !== 'link_expired') return first;
  // Links are valid for minutes, so one may expire meanwhile and is requested once more.
  return fetchByLink(context, artifact, file);
}

/** Another attempt is a different agent at the provider, so its artifacts are never the same version. */
const isOfAttempt = (existing: ManifestEntry, { attempt }: FetchArtifactsRequest): boolean =>
  (existing.attempt ?? 1) === attempt;

function isSameVersion(
  existing: ManifestEntry,
  { sizeBytes, updatedAt }: ListedArtifact,
): existing is ManifestEntry & { sha256: string } {
  return (
    existing.state === 'fetched' &&
    existing.sha256 !== undefined &&
    existing.sizeBytes === sizeBytes &&
    // Without a time, a changed artifact of the same size could not be detected.
    updatedAt !== undefined &&
    existing.updatedAt === updatedAt
  );
}

async function fetchByLink(
  { request, limits, manifest }: FetchContext,
  { path, sizeBytes }: ListedArtifact,
  file: string,
): Promise<ArtifactResult<DownloadedFile>> {
  const { directory, reach, fetch, signal, onProgress } = request;
  const link = await request.linkFor(path);
  if (!link.ok)
    return artifactFailure('link_unavailable', link.error.message, link.error.suggestion);
  return downloadArtifact({
    directory,
    file,
    url: link.value,
    sizeBytes,
    reach,
    limits,
    fetch,
    signal,
    now: () => performance.now(),
    sleep: request.sleep ?? sleep,
    random: request.random ?? Math.random,
    moveExisting: (sha256) => manifest.moveExisting(path, file, sha256),
    onBytes: (receivedBytes) => onProgress?.({ path, receivedBytes, sizeBytes }),
  });
}

function toManifestEntry(
  { attempt, turn, now = Date.now }: FetchArtifactsRequest,
  { path, sizeBytes, updatedAt }: ListedArtifact,
  file: string,
  sha256: string,
): ManifestEntry {
  const fetchedAt = new Date(now()).toISOString();
  const version = updatedAt === undefined ? {} : { updatedAt };
  const origin = { attempt, turn };
  return { path, file, sizeBytes, ...version, sha256, fetchedAt, ...origin, state: 'fetched' };
}

/** Removes temporary files that a crash left. */
async function removeLeftovers(directory: string): Promise<void> {
  for (const name of await readdir(directory))
    if (name.startsWith(PART_PREFIX)) await rm(join(directory, name), { force: true });
}
