import { continuedAttempt } from '../../session/continued-attempt.ts';
import type { Branch, RepositoryTarget } from '../../session/events.ts';
import { locationOf } from '../../session/run-location.ts';
import { agentOf, latestAttempt } from '../../session/select.ts';
import type { AgentState, Attempt, SessionState } from '../../session/state.ts';
import type { AgentId } from '../../workflow/ids.ts';
import { repositoryKey } from '../../workflow/repository-url.ts';
import { isTaken } from './received-handoffs.ts';

export type StartingPoint = {
  readonly repositories: readonly RepositoryTarget[];
  readonly branchesToMerge: readonly { readonly repoUrl: string; readonly branch: string }[];
};

/**
 * Where an agent starts in each repository: on its own branch of the previous round, otherwise on the branch of its first
 * upstream agent that has one, otherwise on the starting ref of the session. The agent merges the other upstream branches.
 */
export function startingPoint(state: SessionState, id: AgentId): StartingPoint {
  const sources = sourcesOf(state, id);
  const own = ownEarlierRound(state, id);
  const branchesToMerge: { repoUrl: string; branch: string }[] = [];
  const repositories = state.repositories.map((target) => {
    const branches = [
      ...new Set(
        [own, ...sources.map(latestAttempt)].flatMap(
          (attempt) => workBranch(state, attempt, target.url) ?? [],
        ),
      ),
    ];
    const [first, ...others] = branches;
    branchesToMerge.push(...others.map((branch) => ({ repoUrl: target.url, branch })));
    // A `prUrl` would override the starting ref, so it is dropped in favor of upstream work.
    return first === undefined ? target : { url: target.url, startingRef: first };
  });
  return { repositories, branchesToMerge };
}

/** The upstream agents whose connections were taken, in document order. */
export function sourcesOf(state: SessionState, id: AgentId): readonly AgentState[] {
  return state.workflow.connections
    .filter((connection) => connection.target === id && isTaken(state, connection))
    .flatMap(({ source }) => agentOf(state, source) ?? []);
}

/** The agent's attempt of an earlier round, from whose work it continues. */
export function ownEarlierRound(state: SessionState, id: AgentId): Attempt | undefined {
  const agent = agentOf(state, id);
  const continued = continuedAttempt(state, id);
  return agent?.attempts.findLast(
    (attempt) =>
      attempt.round < agent.round && (attempt.isDelivered === true || attempt === continued),
  );
}

/** The branch with an agent's work: its own, or the one that it started from if it changed nothing. */
export function workBranch(
  state: SessionState,
  attempt: Attempt | undefined,
  url: string,
): string | null {
  if (attempt === undefined) return null;
  const own = branchIn(pushedBranches(state, attempt), url);
  if (own !== null) return own;
  const started = attempt.repositories.find((target) => target.url === url)?.startingRef;
  const initial = state.repositories.find((target) => target.url === url)?.startingRef;
  return started === undefined || started === initial ? null : started;
}

/** Branches of this machine have the same name where they are pushed for agents in the cloud. */
function pushedBranches(
  { local }: SessionState,
  { runtime, branches }: Attempt,
): readonly Branch[] {
  if (locationOf(runtime) === 'cloud') return branches;
  const repoUrl = local?.pushTo?.repoUrl;
  return repoUrl === undefined ? [] : branches.map((branch) => ({ ...branch, repoUrl }));
}

function branchIn(branches: readonly Branch[], url: string): string | null {
  const key = repositoryKey(url);
  return branches.find((branch) => repositoryKey(branch.repoUrl) === key)?.branch ?? null;
}
