import { GitError } from '../git/command.ts';
import { isCommitId, listRemoteRefs } from '../git/remote.ts';
import {
  folderNameOf,
  invalidUrlReason,
  isSameRepository,
  locationOf,
} from '../git/repository-url.ts';
import { slugOf } from '../ids.ts';
import type { Rehearsal } from '../rehearsal.ts';
import type { AgentRepository } from '../store/records.ts';
import { ApiError } from './api-error.ts';
import type { CreateAgentBody } from './schemas.ts';

type Naming = { readonly name: string; readonly branchSuffix: string };
type RequestedRepository = NonNullable<CreateAgentBody['repos']>[number];

const listRefsTimeoutMs = 30_000;

/** Verifies the branches in the repositories themselves: a create with a branch that does not exist is rejected. */
export async function resolveRepositories(
  rehearsal: Rehearsal,
  body: CreateAgentBody,
  naming: Naming,
): Promise<readonly AgentRepository[]> {
  const requested = body.repos ?? [];
  const folders = distinctFolders(requested.map(({ url }) => url));
  const resolved = requested.map((repository, index) =>
    resolveRepository(rehearsal, body, repository, { ...naming, directory: folders[index] ?? '' }),
  );
  return Promise.all(resolved);
}

async function resolveRepository(
  rehearsal: Rehearsal,
  body: CreateAgentBody,
  requested: RequestedRepository,
  { name, branchSuffix, directory }: Naming & { readonly directory: string },
): Promise<AgentRepository> {
  const { url, startingRef, prUrl } = requested;
  const reason = invalidUrlReason(url);
  if (reason !== undefined) throw new ApiError('validation_error', `repos.url: ${url} ${reason}`);
  const registered = rehearsal.options.repositories.find((known) =>
    isSameRepository(known.url, url),
  );
  const location = registered?.location ?? locationOf(url);
  const pull = prUrl === undefined ? undefined : pullRequestOf(rehearsal, prUrl, location);
  const worksOnCurrentBranch = body.workOnCurrentBranch === true;
  const requestedRef =
    pull === undefined ? startingRef : worksOnCurrentBranch ? pull.branch : pull.baseRef;
  if (requestedRef !== undefined && isCommitId(requestedRef) && rehearsal.options.strictSha) {
    throw new ApiError(
      'validation_error',
      `repos.startingRef: ${requestedRef} is not a branch name`,
    );
  }
  const baseRef = await verifiedRef(rehearsal, url, location, requestedRef);
  if (worksOnCurrentBranch && isCommitId(baseRef)) {
    throw new ApiError('validation_error', 'workOnCurrentBranch needs a branch as startingRef');
  }
  return {
    url,
    ...(startingRef === undefined ? {} : { startingRef }),
    ...(prUrl === undefined ? {} : { prUrl }),
    location,
    directory,
    baseRef,
    workBranch: worksOnCurrentBranch ? baseRef : `cursor/${slugOf(name)}-${branchSuffix}`,
  };
}

async function verifiedRef(
  { options }: Rehearsal,
  url: string,
  location: string,
  requestedRef: string | undefined,
): Promise<string> {
  const settings = { cwd: options.home, timeoutMs: listRefsTimeoutMs };
  const refs = await listRemoteRefs(location, settings).catch((error: unknown) => {
    if (!(error instanceof GitError)) throw error;
    throw new ApiError('repository_access', `Failed to access repository ${url}: ${error.message}`);
  });
  if (requestedRef === undefined)
    return refs.defaultBranch ?? [...refs.branches.keys()][0] ?? 'main';
  if (isCommitId(requestedRef)) return requestedRef.toLowerCase();
  const branch = requestedRef.replace(/^refs\/heads\//, '');
  if (refs.branches.has(branch)) return branch;
  throw new ApiError(
    'invalid_branch_name',
    `Failed to verify existence of branch '${requestedRef}' in repository ${url}`,
  );
}

/** Only pull requests of this rehearsal cloud can be resolved. */
function pullRequestOf({ store }: Rehearsal, prUrl: string, location: string) {
  const number = /\/pull\/(\d+)\/?$/.exec(new URL(prUrl).pathname)?.[1];
  const pull = number === undefined ? undefined : store.pullRequests.find(Number(number));
  if (pull !== undefined && pull.location === location) return pull;
  throw new ApiError('pr_resolution_failed', `Pull request ${prUrl} cannot be resolved`);
}

/** A single repository is the workspace itself; several repositories are folders of it with distinct names. */
function distinctFolders(urls: readonly string[]): readonly string[] {
  if (urls.length <= 1) return urls.map(() => '');
  const taken = new Set<string>();
  return urls.map((url) => {
    const name = folderNameOf(url);
    let folder = name;
    for (let number = 2; taken.has(folder); number += 1) folder = `${name}-${number}`;
    taken.add(folder);
    return folder;
  });
}
