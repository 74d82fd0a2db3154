import type { Branch, RepositoryTarget } from '../../session/events.ts';
import { agentOf, latestAttempt } from '../../session/select.ts';
import type { AgentState, SessionState } from '../../session/state.ts';
import type { AgentId } from '../../workflow/ids.ts';
import { repositoryKey } from '../../workflow/repository-url.ts';

export type StartingPoint = {
  readonly repositories: readonly RepositoryTarget[];
  readonly branchesToMerge: readonly { readonly repoUrl: string; readonly branch: string }[];
};

/**
 * Where an agent starts in each repository: on the branch of the first upstream agent that has one there, else
 * where the session starts. The other upstream branches are for the agent to merge.
 */
export function startingPoint(state: SessionState, id: AgentId): StartingPoint {
  const sources = state.workflow.connections
    .filter(({ target }) => target === id)
    .flatMap(({ source }) => agentOf(state, source) ?? []);
  const branchesToMerge: { repoUrl: string; branch: string }[] = [];
  const repositories = state.repositories.map((target) => {
    const branches = [
      ...new Set(sources.flatMap((source) => workBranch(state, source, target.url) ?? [])),
    ];
    const [first, ...others] = branches;
    branchesToMerge.push(...others.map((branch) => ({ repoUrl: target.url, branch })));
    // A pull request says where an agent starts, whatever else is named: work upstream comes before it.
    return first === undefined ? target : { url: target.url, startingRef: first };
  });
  return { repositories, branchesToMerge };
}

/** The branch that holds an agent's work: its own, or the one that it started from and left untouched. */
function workBranch(state: SessionState, agent: AgentState, url: string): string | null {
  const attempt = latestAttempt(agent);
  if (attempt === undefined) return null;
  const own = branchIn(attempt.branches, url);
  if (own !== null) return own;
  const started = attempt.repositories.find((target) => target.url === url)?.startingRef;
  const initial = state.repositories.find((target) => target.url === url)?.startingRef;
  return started === undefined || started === initial ? null : started;
}

function branchIn(branches: readonly Branch[], url: string): string | null {
  const key = repositoryKey(url);
  return branches.find((branch) => repositoryKey(branch.repoUrl) === key)?.branch ?? null;
}
