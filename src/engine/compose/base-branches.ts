import type { Branch, LocalStart, SessionEventOf } from '../../session/events.ts';
import { locationOf } from '../../session/run-location.ts';
import { latestAttempt, agentName as nameOf } from '../../session/select.ts';
import type { Attempt, SessionState } from '../../session/state.ts';
import type { AgentId } from '../../workflow/ids.ts';
import { ownEarlierRound, sourcesOf, workBranch } from './repositories.ts';

/** The branches through which git passes work between agents on this machine and in the cloud. */

export type Base = NonNullable<SessionEventOf<'LaunchIntended'>['bases']>[number];

/**
 * The branches that the working folder of an agent on this machine starts from: its own branch of the previous round, and
 * those of its upstream agents, in document order.
 */
export function basesFor(state: SessionState, id: AgentId): Base[] {
  const own = ownEarlierRound(state, id);
  return [...(own === undefined ? [] : branchesOf(state, id, own)), ...upstreamBases(state, id)];
}

export function upstreamBases(state: SessionState, id: AgentId): Base[] {
  return sourcesOf(state, id).flatMap((source) => {
    const attempt = latestAttempt(source);
    return attempt === undefined ? [] : branchesOf(state, source.id, attempt);
  });
}

function branchesOf(state: SessionState, id: AgentId, attempt: Attempt): Base[] {
  const { local } = state;
  if (local === null) return [];
  const agentName = nameOf(state, id);
  if (locationOf(attempt.runtime) === 'cloud') return fromCloud(state, attempt, local, agentName);
  return attempt.branches.flatMap(({ branch, commit }) =>
    branch === undefined
      ? []
      : [{ agentName, branch, ...(commit === undefined ? {} : { commit }) }],
  );
}

/** The branch of a cloud agent in the repository that the folder is a clone of. Others cannot be merged. */
function fromCloud(
  state: SessionState,
  attempt: Attempt,
  { clone }: LocalStart,
  agentName: string,
): Base[] {
  if (clone === undefined) return [];
  const branch = workBranch(state, attempt, clone.repoUrl);
  return branch === null ? [] : [{ agentName, repoUrl: clone.remoteUrl, branch }];
}

/** Branches on this machine that an agent in the cloud starts from. They must be pushed before it is launched. */
export function branchesToPush(state: SessionState, id: AgentId): Branch[] {
  if (state.local?.pushTo === undefined) return [];
  return sourcesOf(state, id).flatMap((source) => {
    const attempt = latestAttempt(source);
    const isLocal = attempt !== undefined && locationOf(attempt.runtime) === 'this-machine';
    return isLocal ? attempt.branches.filter(({ branch }) => branch !== undefined) : [];
  });
}
