import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { formatSize } from '../lib/format.ts';
import { sleep } from '../lib/sleep.ts';
import { type ArtifactError, type ArtifactResult, artifactFailure } from './artifact-error.ts';
import { type DownloadedFile, type DownloadRequest, downloadArtifact } from './download.ts';
import { type ArtifactLimits, defaultLimits } from './limits.ts';
import type { LinkReach } from './link-policy.ts';
import { isIntact, type ManifestEntry } from './manifest.ts';
import { ManifestKeeper } from './manifest-keeper.ts';
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
  /** From `agentDirectories`; made when it is not there. */
  readonly directory: string;
  readonly list: readonly ListedArtifact[];
  /** Which try of the agent, and how many of its turns have ended: what tells files of the same path apart. */
  readonly attempt: number;
  readonly turn: number;
  /** Asks the provider for a link, just in time. A link is a secret: it is neither stored nor shown. */
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

/** Fetches into one folder wait for each other: the second one finds what the first one fetched. */
const busyFolders = new Map<string, Promise<unknown>>();

/**
 * Downloads the artifacts of one agent, one by one, and reports the result of each of them in the order of the
 * list. What is already here, unchanged and intact, is not fetched again; what an earlier attempt or turn left under the
 * same path is kept next to the newer file. Failures are part of the answer.
 *
 * @throws only when the folder itself cannot be used
 */
export async function fetchArtifacts(request: FetchArtifactsRequest): Promise<FetchedArtifact[]> {
  const { directory } = request;
  const earlier = busyFolders.get(directory) ?? Promise.resolve();
  // Its outcome is for its own caller; here only its end matters.
  const turn = earlier.then(
    () => fetchInTurn(request),
    () => fetchInTurn(request),
  );
  busyFolders.set(directory, turn);
  try {
    return await turn;
  } finally {
    if (busyFolders.get(directory) === turn) busyFolders.delete(directory);
  }
}

async function fetchInTurn(request: FetchArtifactsRequest): Promise<FetchedArtifact[]> {
  const { directory } = request;
  const limits = { ...defaultLimits, ...request.limits };
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await removeLeftovers(directory);

  const keeper = await ManifestKeeper.open(directory);
  try {
    return await fetchEach(request, limits, keeper);
  } finally {
    await keeper.save();
  }
}

async function fetchEach(
  request: FetchArtifactsRequest,
  limits: ArtifactLimits,
  keeper: ManifestKeeper,
): Promise<FetchedArtifact[]> {
  const { byPath, others } = keeper.assigned;
  const wanted = request.list.slice(0, limits.maxFiles).map(({ path }) => path);
  const names = assignNames(wanted, byPath, others);
  const results: FetchedArtifact[] = [];
  let totalBytes = 0;
  for (const [index, artifact] of request.list.entries()) {
    totalBytes += artifact.sizeBytes;
    const refusal = overQuota(index, totalBytes, limits);
    results.push(
      refusal
        ? { ...artifact, error: refusal.error }
        : await fetchAndNote(request, limits, keeper, artifact, names.get(artifact.path) ?? ''),
    );
  }
  return results;
}

async function fetchAndNote(
  request: FetchArtifactsRequest,
  limits: ArtifactLimits,
  keeper: ManifestKeeper,
  artifact: ListedArtifact,
  file: string,
): Promise<FetchedArtifact> {
  const { path } = artifact;
  const known = keeper.newestOf(path);
  const result = await fetchOne(request, limits, keeper, artifact, file);
  if (!result.ok) {
    // The file of an earlier fetch stays, and so does what the manifest says about it.
    if (known === undefined) await keeper.note({ path, file, sizeBytes: 0, state: 'missing' });
    return { ...artifact, error: result.error };
  }
  const { sha256 } = result.value;
  if (result.value !== known)
    await keeper.note(entryOf(request, artifact, file, sha256), artifact.sizeBytes);
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

type Fetched = Pick<DownloadedFile, 'sha256'>;

async function fetchOne(
  request: FetchArtifactsRequest,
  limits: ArtifactLimits,
  keeper: ManifestKeeper,
  artifact: ListedArtifact,
  file: string,
): Promise<ArtifactResult<Fetched>> {
  if (request.signal.aborted) return artifactFailure('cancelled', 'The download was cancelled.');
  const known = keeper.newestOf(artifact.path);
  const isKnown = known && isOfAttempt(known, request) && isSameVersion(known, artifact);
  if (isKnown && (await isIntact(request.directory, known))) return { ok: true, value: known };
  const first = await fetchByLink(request, limits, keeper, artifact, file);
  if (first.ok || first.error.code !== 'link_expired') return first;
  // Links live for minutes; one that expired on the way is no failure. A second one would be.
  return fetchByLink(request, limits, keeper, artifact, file);
}

/** Another attempt is another agent of the provider's: what it left may only look the same. */
const isOfAttempt = (known: ManifestEntry, { attempt }: FetchArtifactsRequest): boolean =>
  (known.attempt ?? 1) === attempt;

function isSameVersion(
  known: ManifestEntry,
  { sizeBytes, updatedAt }: ListedArtifact,
): known is ManifestEntry & { sha256: string } {
  return (
    known.state === 'fetched' &&
    known.sha256 !== undefined &&
    known.sizeBytes === sizeBytes &&
    // Without a time a changed artifact of the same size would go unnoticed.
    updatedAt !== undefined &&
    known.updatedAt === updatedAt
  );
}

async function fetchByLink(
  request: FetchArtifactsRequest,
  limits: ArtifactLimits,
  keeper: ManifestKeeper,
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
    makeRoom: (sha256) => keeper.makeRoom(path, file, sha256),
    onBytes: (receivedBytes) => onProgress?.({ path, receivedBytes, sizeBytes }),
  });
}

function entryOf(
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

/** Files that a crash left behind; no other files have such names. */
async function removeLeftovers(directory: string): Promise<void> {
  for (const name of await readdir(directory))
    if (name.startsWith(PART_PREFIX)) await rm(join(directory, name), { force: true });
}
