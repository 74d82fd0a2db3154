import type { Branch } from '../../session/events.ts';
import type { RunLocation } from '../../session/run-location.ts';
import type { SessionState } from '../../session/state.ts';

/**
 * Branches of a hand-off as its receiver can use them. A path on this machine means nothing to the cloud; what was
 * pushed there may be another commit, without what the person had not committed.
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
