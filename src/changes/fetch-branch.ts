import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
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
import { openFolder } from './plan-apply.ts';

export type FetchRequest = {
  readonly home: string;
  readonly repoUrl: string;
  readonly branch: string;
  /** The commit of the branch that is wanted; its tip without it. */
  readonly commit?: string;
  /** Where the agent started; without it, where the branch leaves the default branch of the repository. */
  readonly baseCommit?: string;
};

export type FetchedBranch = {
  readonly repository: GitLocation;
  readonly base: string;
  readonly head: string;
  /** The repository could not be reached, and what was fetched earlier is shown. */
  readonly isFromEarlier: boolean;
};

/**
 * Fetches a branch with the person's own access into a repository of ours. Contents of files come only when something
 * asks for them, so that a large repository costs little.
 */
export const fetchBranch = (
  request: FetchRequest,
  context: GitContext = {},
): Promise<Result<FetchedBranch>> =>
  toResult(async () => {
    refuseSecrets(request.repoUrl);
    const repository = await openCache(request, context);
    return await inTurn(repository.folder, () => fetchInto(repository, request, context));
  });

const inTurn = createKeyedQueue();

async function fetchInto(
  repository: GitLocation,
  request: FetchRequest,
  context: GitContext,
): Promise<FetchedBranch> {
  const git = gitIn(repository, context);
  const ref = `refs/heads/${request.branch}`;
  const fetched = await git.exec([...FETCH, 'origin', `+${ref}:${ref}`]);
  const wanted = request.commit ?? ref;
  const head = await resolveCommit(git, wanted);
  if (head === null) throw unavailable(request, gitMessage(fetched));
  const base = await baseOf(git, request, head);
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
    const unfinished = `${path}.${crypto.randomUUID()}`;
    await mkdir(unfinished, { recursive: true, mode: 0o700 });
    const git = gitIn({ owner: 'cerevisor', folder: unfinished }, context);
    await git.run(['init', '--quiet', '--bare', unfinished]);
    for (const [key, value] of [
      ['remote.origin.url', repoUrl],
      ['remote.origin.promisor', 'true'],
      ['remote.origin.partialclonefilter', 'blob:none'],
    ] as const)
      await git.run(['config', key, value]);
    await rename(unfinished, path).catch(async (error: unknown) => {
      // Someone else made it at the same moment.
      await rm(unfinished, { recursive: true, force: true });
      if (!existsSync(path)) throw error;
    });
  }
  return { owner: 'cerevisor-with-user-access', folder: path } as const;
}

async function baseOf(git: Git, request: FetchRequest, head: string): Promise<string> {
  const { baseCommit } = request;
  if (baseCommit !== undefined) {
    const known = await resolveCommit(git, baseCommit);
    if (known !== null) return known;
    // Not below the branch, as after someone rewrote it: servers give out a commit by its id.
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
  /** The person's repository. */
  readonly folder: string;
  readonly repoUrl: string;
  readonly branch: string;
  readonly commit?: string;
};

/** Fetches a branch into the person's own repository, where no branch of theirs is changed, so that it can be applied. */
export const fetchIntoFolder = (
  request: FetchIntoRequest,
  context: GitContext = {},
): Promise<Result<{ readonly head: string }>> =>
  toResult(async () => {
    refuseSecrets(request.repoUrl);
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

/** Removes fetched branches that nobody has looked at for a while. */
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

function refuseSecrets(repoUrl: string): void {
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
