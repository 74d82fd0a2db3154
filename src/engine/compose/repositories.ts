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
 * Where an agent starts in each repository: on its own branch of the round before, otherwise on the branch of the first
 * upstream agent that has one there, otherwise where the session starts. The other upstream branches are for the agent to merge.
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
    // A pull request says where an agent starts, whatever else is named: work upstream comes before it.
    return first === undefined ? target : { url: target.url, startingRef: first };
  });
  return { repositories, branchesToMerge };
}

/** The agents before one whose work it gets, in the order of the document. */
export function sourcesOf(state: SessionState, id: AgentId): readonly AgentState[] {
  return state.workflow.connections
    .filter((connection) => connection.target === id && isTaken(state, connection))
    .flatMap(({ source }) => agentOf(state, source) ?? []);
}

/** In a further round an agent continues from its own work of the last one. */
export function ownEarlierRound(state: SessionState, id: AgentId): Attempt | undefined {
  const agent = agentOf(state, id);
  const continued = continuedAttempt(state, id);
  return agent?.attempts.findLast(
    (attempt) =>
      attempt.round < agent.round && (attempt.isDelivered === true || attempt === continued),
  );
}

/** The branch that holds an agent's work: its own, or the one that it started from and left untouched. */
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

/** A branch of this machine is pushed before anyone in the cloud starts from it; there it has the same name. */
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
