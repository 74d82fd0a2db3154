import { findClone } from '../../changes/clone.ts';
import { type FetchedBranch, fetchBranch, fetchIntoFolder } from '../../changes/fetch-branch.ts';
import { type Changes, readChanges } from '../../changes/files.ts';
import { requireCommits } from '../../changes/require-work.ts';
import { type SessionChanges, sessionChanges } from '../../changes/session-changes.ts';
import { sessionStart } from '../../changes/session-start.ts';
import { unresolvedFiles } from '../../changes/unresolved.ts';
import type { Result } from '../../lib/expected-failure.ts';
import { listOf, shortId } from '../../lib/format.ts';
import type { GitLocation } from '../../lib/git-client.ts';
import type { SessionId } from '../../session/ids.ts';
import type { AgentWork, RepositoryWork } from './work.ts';

/** The changes in one repository between two commits that it contains. */
export type Comparison = {
  readonly repository: GitLocation;
  readonly base: string;
  readonly head: string;
  readonly changes: Changes;
  readonly conflicts: SessionChanges['conflicts'];
  /** Files that still contain conflict markers of an earlier merge. */
  readonly unresolved: readonly string[];
  readonly isFromEarlier: boolean;
};

export type ComparisonContext = {
  readonly home: string;
  readonly sessionId: SessionId;
  /** The address of a repository for git on this machine; null if git must not contact its host. */
  readonly reachableAddress: (repoUrl: string) => Promise<string | null>;
};

type Located = {
  readonly repository: GitLocation;
  readonly base: string;
  readonly heads: readonly { readonly agentName: string; readonly commit: string }[];
  readonly isFromEarlier: boolean;
};

/** Compares the work of agents with the commit they started from. Work of several agents is merged without a working tree. */
export async function compare(
  context: ComparisonContext,
  repository: RepositoryWork,
  isWholeSession: boolean,
): Promise<Result<Comparison>> {
  const located = await locate(context, repository, isWholeSession);
  if (!located.ok) return located;
  return compareIn(located.value);
}

/** The same in a folder of the user, into which the branches are fetched, so that the changes can be applied there. */
export async function compareInFolder(
  context: ComparisonContext,
  repository: RepositoryWork,
  isWholeSession: boolean,
  folder: string,
): Promise<Result<Comparison>> {
  if (repository.place === 'local')
    return compareLocal(context, repository, isWholeSession, folder);
  const located = await locate(context, repository, isWholeSession);
  if (!located.ok) return located;
  const repoUrl = await context.reachableAddress(repository.repoUrl);
  if (repoUrl === null) return notContacted(repository.repoUrl);
  for (const { branch, commit } of repository.work) {
    const fetched = await fetchIntoFolder({
      folder,
      repoUrl,
      branch,
      ...(commit === null ? {} : { commit }),
    });
    if (!fetched.ok) return fetched;
  }
  return compareIn({ ...located.value, repository: { owner: 'user', folder } });
}

/**
 * Compares local work in the folder that the user names: the repository itself, even if it was moved, or a clone, into
 * which missing branches are fetched.
 */
async function compareLocal(
  context: ComparisonContext,
  repository: RepositoryWork,
  isWholeSession: boolean,
  folder: string,
): Promise<Result<Comparison>> {
  const { repoUrl } = repository;
  const located = await locateLocal(context, repository, isWholeSession, folder);
  if (located.ok) return compareIn(located.value);
  if (folder === repoUrl) return located;
  const own = await locateLocal(context, repository, isWholeSession);
  if (!own.ok) return own.error.code === 'repository_moved' ? notInEither(repository, folder) : own;
  for (const { branch, commit } of repository.work) {
    const expected = commit === null ? {} : { commit };
    const fetched = await fetchIntoFolder({ folder, repoUrl, branch, ...expected });
    if (!fetched.ok) return fetched;
  }
  return compareIn({ ...own.value, repository: { owner: 'user', folder } });
}

async function compareIn(located: Located): Promise<Result<Comparison>> {
  const { repository, base, heads, isFromEarlier } = located;
  const [only] = heads;
  if (only !== undefined && heads.length === 1) {
    const changes = await readChanges({ repository, base, head: only.commit });
    if (!changes.ok) return changes;
    const head = only.commit;
    const compared = { repository, base, head, changes: changes.value, isFromEarlier };
    return withUnresolved({ ...compared, conflicts: [] });
  }
  const merged = await sessionChanges({ repository, base, heads });
  if (!merged.ok) return merged;
  const { head, changes, conflicts } = merged.value;
  return withUnresolved({ repository, base, head, changes, conflicts, isFromEarlier });
}

async function withUnresolved(
  compared: Omit<Comparison, 'unresolved'>,
): Promise<Result<Comparison>> {
  const found = await unresolvedFiles(compared);
  if (!found.ok) return found;
  // Conflicts between agents are listed separately.
  const conflicting = new Set(compared.conflicts.map(({ path }) => path));
  const unresolved = found.value.filter((path) => !conflicting.has(path));
  return { ok: true, value: { ...compared, unresolved } };
}

function locate(
  context: ComparisonContext,
  repository: RepositoryWork,
  isWholeSession: boolean,
): Promise<Result<Located>> {
  return repository.place === 'cloud'
    ? locateInCloud(context, repository, isWholeSession)
    : locateLocal(context, repository, isWholeSession);
}

/** Locates local work in the repository that the agents worked in, or in `folder`. */
async function locateLocal(
  { sessionId }: ComparisonContext,
  { repoUrl, work }: RepositoryWork,
  isWholeSession: boolean,
  folder = repoUrl,
): Promise<Result<Located>> {
  const repository = { owner: 'user', folder } as const;
  if (folder === repoUrl && (await findClone(folder)) === null) return moved(sessionId, repoUrl);
  const start = await sessionStart({ repository, sessionId });
  if (!start.ok) return start;
  const own = isWholeSession ? undefined : work[0]?.base;
  const base = own ?? start.value?.base ?? firstBase(work);
  if (base === null) return unknownBase(repoUrl);
  const heads = work.map(({ name, branch, commit }) => ({
    agentName: name,
    branch,
    commit: commit ?? `refs/heads/${branch}`,
  }));
  const kept = await requireCommits({ repository, heads });
  if (!kept.ok) return kept;
  return { ok: true, value: { repository, base, heads, isFromEarlier: false } };
}

async function locateInCloud(
  { home, reachableAddress }: ComparisonContext,
  { repoUrl, work }: RepositoryWork,
  isWholeSession: boolean,
): Promise<Result<Located>> {
  const address = await reachableAddress(repoUrl);
  if (address === null) return notContacted(repoUrl);
  const baseCommit = isWholeSession ? firstBase(work) : (work[0]?.base ?? null);
  const fetched: { agentName: string; branch: FetchedBranch }[] = [];
  for (const { name, branch, commit } of work) {
    const answer = await fetchBranch({
      home,
      repoUrl: address,
      branch,
      ...(commit === null ? {} : { commit }),
      ...(baseCommit === null ? {} : { baseCommit }),
    });
    if (!answer.ok) return answer;
    fetched.push({ agentName: name, branch: answer.value });
  }
  const [first] = fetched;
  if (first === undefined) return unknownBase(repoUrl);
  return {
    ok: true,
    value: {
      repository: first.branch.repository,
      base: first.branch.base,
      heads: fetched.map(({ agentName, branch }) => ({ agentName, commit: branch.head })),
      isFromEarlier: fetched.some(({ branch }) => branch.isFromEarlier),
    },
  };
}

/** The commit that the session started from: the base of an agent that builds on no other agent. */
function firstBase(work: readonly AgentWork[]): string | null {
  return work.find(({ isFirst, base }) => isFirst && base !== null)?.base ?? null;
}

const unknownBase = (repoUrl: string): Result<never> => ({
  ok: false,
  error: {
    code: 'branch_unavailable',
    message: `The commit that the agents started from in ${repoUrl} is not known, so their changes cannot be determined.`,
    suggestion: 'Compare their branches with git.',
  },
});

const moved = (sessionId: SessionId, repoUrl: string): Result<never> => ({
  ok: false,
  error: {
    code: 'repository_moved',
    message: `The repository ${repoUrl}, which has the work of these agents, was moved or deleted.`,
    suggestion: `If it was moved, name its new folder: \`cerevisor apply ${shortId(sessionId)} --folder DIR\``,
  },
});

const notInEither = ({ repoUrl, work }: RepositoryWork, folder: string): Result<never> => {
  const branches = listOf([...new Set(work.map(({ branch }) => branch))]);
  return {
    ok: false,
    error: {
      code: 'commit_missing',
      message: `The repository of ${folder} does not have the work of ${listOf(work.map(({ name }) => name))}, and the repository that had it, ${repoUrl}, was moved or deleted.`,
      suggestion: `Name the folder to which it was moved, or fetch its work from there into this one first: ${branches}`,
    },
  };
};

const notContacted = (repoUrl: string): Result<never> => ({
  ok: false,
  error: {
    code: 'branch_unavailable',
    message: `Git is not allowed to contact ${repoUrl}: the host is unknown, or it is on a private network.`,
    suggestion: 'Look at the branch on the page of the repository, or fetch it with git.',
  },
});
