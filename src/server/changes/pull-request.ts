import { pullRequestPage } from '../../changes/pull-request-page.ts';
import { pushBranch } from '../../changes/push-branch.ts';
import { sessionStart } from '../../changes/session-start.ts';
import type { PullRequestBody } from '../../contract/changes.ts';
import { ancestors } from '../../session/select.ts';
import type { AgentState, SessionState } from '../../session/state.ts';
import { failed } from '../failure.ts';
import { formatPaths, noChanges, selectRepository } from './select-repository.ts';
import type { RepositoryWork } from './work.ts';

/** The page on which a pull request can be opened. A local branch is pushed first, with the user's credentials. */
export async function pullRequestFor(
  state: SessionState,
  only: AgentState | null,
  { repoUrl, baseBranch }: Pick<PullRequestBody, 'repoUrl' | 'baseBranch'>,
) {
  const found = selectRepository(
    state,
    only,
    repoUrl,
    () => 'Open the page from the changes in one of them.',
  );
  if (!found.ok) return found;
  const [work, ...others] = lastWork(state, found.value);
  if (work === undefined) return noChanges();
  if (others.length > 0)
    return failed(
      'repository_unclear',
      `Several agents left branches: ${[work, ...others].map(({ name }) => name).join(', ')}.`,
      'Name one of them.',
    );
  const { place } = found.value;
  if (place === 'cloud') {
    const base = baseBranch ?? null;
    const page = pullRequestPage(withScheme(found.value.repoUrl), work.branch, base);
    return pageOf(found.value.repoUrl, work.branch, page, base, false);
  }
  const folder = found.value.repoUrl;
  const start = await sessionStart({
    repository: { owner: 'user', folder },
    sessionId: state.id,
  });
  if (!start.ok) return start;
  const pushed = await pushBranch({
    folder,
    head: work.commit ?? `refs/heads/${work.branch}`,
    branch: work.branch,
    snapshotCommit: start.value?.snapshotCommit ?? null,
    headCommit: start.value?.headCommit ?? null,
    ...(baseBranch === undefined ? {} : { baseBranch }),
  });
  if (!pushed.ok) return pushed;
  if (pushed.value.kind === 'conflict')
    return failed(
      'push_conflict',
      `The work builds on your uncommitted changes: ${formatPaths(pushed.value.conflicts)}. Nothing was pushed.`,
      'Commit them, apply the work of the session to your folder, and push that.',
    );
  const { remote, branch, page, baseBranch: base } = pushed.value;
  return pageOf(remote, branch, page, base, true);
}

/** Clouds may name a repository without `https://`. */
const withScheme = (repoUrl: string): string =>
  /^[\w-]+(\.[\w-]+)+(:\d+)?\//.test(repoUrl) ? `https://${repoUrl}` : repoUrl;

const pageOf = (
  repoUrl: string,
  branch: string,
  page: string | null,
  baseBranch: string | null,
  wasPushed: boolean,
) => ({ ok: true as const, value: { page, repoUrl, branch, baseBranch, wasPushed } });

/** Work that no other agent in the same repository has built upon. */
function lastWork(state: SessionState, { work }: RepositoryWork): RepositoryWork['work'] {
  const builtUpon = new Set(
    work.flatMap(({ agent }) => ancestors(state, agent.id).map(({ id }) => id)),
  );
  return work.filter(({ agent }) => !builtUpon.has(agent.id));
}
