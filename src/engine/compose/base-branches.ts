import type { Branch, LocalStart, SessionEventOf } from '../../session/events.ts';
import { locationOf } from '../../session/run-location.ts';
import { latestAttempt, agentName as nameOf } from '../../session/select.ts';
import type { Attempt, SessionState } from '../../session/state.ts';
import type { AgentId } from '../../workflow/ids.ts';
import { ownEarlierRound, sourcesOf, workBranch } from './repositories.ts';

/** How work is passed between agents on this machine and agents in the cloud: on branches, through git. */

export type Base = NonNullable<SessionEventOf<'LaunchIntended'>['bases']>[number];

/**
 * Branches that the folder of an agent on this machine starts from: its own of the round before, and those of the agents
 * before it, in the order of the document.
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

/** Only the repository that the folder is a clone of has anything to merge. */
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

/** Branches of this machine that an agent in the cloud starts from: they have to be there before it does. */
export function branchesToPush(state: SessionState, id: AgentId): Branch[] {
  if (state.local?.pushTo === undefined) return [];
  return sourcesOf(state, id).flatMap((source) => {
    const attempt = latestAttempt(source);
    const isHere = attempt !== undefined && locationOf(attempt.runtime) === 'this-machine';
    return isHere ? attempt.branches.filter(({ branch }) => branch !== undefined) : [];
  });
}
