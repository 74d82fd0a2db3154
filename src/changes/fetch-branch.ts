import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedFailure, type Result, toResult } from '../lib/expected-failure.ts';
import {
  type Git,
  type GitContext,
  type GitLocation,
  gitIn,
  gitMessage,
  resolveCommit,
} from '../lib/git-client.ts';
import { createKeyedQueue } from '../lib/keyed-queue.ts';
import { publishFolder } from '../lib/publish-folder.ts';
import { openFolder } from './plan-apply.ts';

export type FetchRequest = {
  readonly home: string;
  readonly repoUrl: string;
  readonly branch: string;
  /** The requested commit of the branch; default: its tip. */
  readonly commit?: string;
  /** Where the agent started; default: the merge base with the default branch of the repository. */
  readonly baseCommit?: string;
};

export type FetchedBranch = {
  readonly repository: GitLocation;
  readonly base: string;
  readonly head: string;
  /** The repository could not be reached, so this is the result of an earlier fetch. */
  readonly isFromEarlier: boolean;
};

/**
 * Fetches a branch with the user's credentials into a repository of Cerevisor. File contents are fetched only on demand, so
 * that large repositories take little time and space.
 */
export const fetchBranch = (
  request: FetchRequest,
  context: GitContext = {},
): Promise<Result<FetchedBranch>> =>
  toResult(async () => {
    requireSafeUrl(request.repoUrl);
    const repository = await openCache(request, context);
    return await enqueue(repository.folder, () => fetchInto(repository, request, context));
  });

const enqueue = createKeyedQueue();

async function fetchInto(
  repository: GitLocation,
  request: FetchRequest,
  context: GitContext,
): Promise<FetchedBranch> {
  const git = gitIn(repository, context);
  const ref = `refs/heads/${request.branch}`;
  const fetched = await git.exec([...FETCH, 'origin', `+${ref}:${ref}`]);
  const requested = request.commit ?? ref;
  const head = await resolveCommit(git, requested);
  if (head === null) throw unavailable(request, gitMessage(fetched));
  const base = await resolveBase(git, request, head);
  const now = new Date();
  await utimes(repository.folder, now, now);
  return { repository, base, head, isFromEarlier: fetched.exitCode !== 0 };
}

const FETCH = [
  ...['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--filter=blob:none'],
  '--no-recurse-submodules',
];

async function openCache({ home, repoUrl }: FetchRequest, context: GitContext) {
  const parent = cacheFolder(home);
  const name = createHash('sha256').update(repoUrl).digest('hex').slice(0, 32);
  const path = join(parent, `${name}.git`);
  if (!existsSync(path)) {
    const staging = `${path}.${crypto.randomUUID()}`;
    await mkdir(staging, { recursive: true, mode: 0o700 });
    const git = gitIn({ owner: 'cerevisor', folder: staging }, context);
    await git.run(['init', '--quiet', '--bare', staging]);
    for (const [key, value] of [
      ['remote.origin.url', repoUrl],
      ['remote.origin.promisor', 'true'],
      ['remote.origin.partialclonefilter', 'blob:none'],
    ] as const)
      await git.run(['config', key, value]);
    await publishFolder(staging, path);
  }
  return { owner: 'cerevisor-with-user-access', folder: path } as const;
}

async function resolveBase(git: Git, request: FetchRequest, head: string): Promise<string> {
  const { baseCommit } = request;
  if (baseCommit !== undefined) {
    const existing = await resolveCommit(git, baseCommit);
    if (existing !== null) return existing;
    // The branch was rewritten, so the commit is no longer on it: servers also serve commits by id.
    await git.exec([...FETCH, 'origin', baseCommit]);
    const fetched = await resolveCommit(git, baseCommit);
    if (fetched !== null) return fetched;
  }
  const ref = 'refs/cerevisor/default';
  await git.exec([...FETCH, 'origin', `+HEAD:${ref}`]);
  const base = await git.query(['merge-base', ref, head]);
  if (base !== null) return base;
  throw unavailable(request, 'It has no history in common with the default branch.');
}

export type FetchIntoRequest = {
  /** The user's repository. */
  readonly folder: string;
  readonly repoUrl: string;
  readonly branch: string;
  readonly commit?: string;
};

/** Fetches a branch into the user's repository, so that it can be applied. None of the user's branches is changed. */
export const fetchIntoFolder = (
  request: FetchIntoRequest,
  context: GitContext = {},
): Promise<Result<{ readonly head: string }>> =>
  toResult(async () => {
    requireSafeUrl(request.repoUrl);
    const git = await openFolder(request.folder, context);
    const name = createHash('sha256').update(`${request.repoUrl}\0${request.branch}`).digest('hex');
    const ref = `refs/cerevisor/fetched/${name.slice(0, 16)}`;
    const fetched = await git.exec([
      ...['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules'],
      ...['--end-of-options', request.repoUrl, `+refs/heads/${request.branch}:${ref}`],
    ]);
    const head = await resolveCommit(git, request.commit ?? ref);
    if (head === null) throw unavailable(request, gitMessage(fetched));
    return { head };
  });

/** Removes fetched branches that have not been used for a while. */
export async function pruneFetchedBranches(home: string, olderThanMs: number, now = Date.now()) {
  const parent = cacheFolder(home);
  if (!existsSync(parent)) return;
  for (const name of await readdir(parent)) {
    const path = join(parent, name);
    const { mtimeMs } = await stat(path);
    if (now - mtimeMs > olderThanMs) await rm(path, { recursive: true, force: true });
  }
}

const cacheFolder = (home: string): string => join(home, 'fetched-branches');

function requireSafeUrl(repoUrl: string): void {
  if (repoUrl.startsWith('-'))
    throw new ExpectedFailure('repository_url_malformed', `${repoUrl} is not an address.`);
  const url = URL.parse(repoUrl);
  if (url === null || url.password === '') return;
  throw new ExpectedFailure(
    'repository_url_with_secret',
    'The address of the repository contains a password, which would be stored.',
    'Use an address without it; git asks your credential helper.',
  );
}

const unavailable = (request: { repoUrl: string; branch: string }, words: string) =>
  new ExpectedFailure(
    'branch_unavailable',
    `The branch ${request.branch} of ${request.repoUrl} cannot be fetched. ${words}`.trim(),
    'Check that the branch exists and that git on this machine can reach the repository.',
  );
