import type { Branch } from '../../session/events.ts';
import type { RunLocation } from '../../session/run-location.ts';
import type { SessionState } from '../../session/state.ts';

/**
 * The branches of a hand-off as its receiver can use them. For an agent in the cloud, branches on this machine are replaced
 * by the pushed ones, without a commit, because the pushed commit lacks the user's uncommitted changes.
 */
export function branchesFor(
  { local }: Pick<SessionState, 'local'>,
  place: RunLocation,
  branches: readonly Branch[],
): readonly Branch[] {
  if (place === 'this-machine' || local === null) return branches;
  return branches.flatMap((handed) => {
    if (handed.repoUrl !== local.folder) return [handed];
    const { branch } = handed;
    const { pushTo } = local;
    return pushTo === undefined || branch === undefined
      ? []
      : [{ repoUrl: pushTo.repoUrl, branch }];
  });
}
