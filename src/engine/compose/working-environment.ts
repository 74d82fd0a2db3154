import type { RunLocation } from '../../session/run-location.ts';
import type { SessionState } from '../../session/state.ts';

/**
 * What an agent must know about its working environment. In the cloud, the service provides this. On this machine,
 * several agents of a session may work at the same time, and only these instructions keep them from interfering with
 * each other.
 */
export function workingEnvironment(
  { local }: Pick<SessionState, 'local'>,
  place: RunLocation,
): string {
  if (place === 'cloud' || local === null) return '';
  const { isRepository, isolation } = local;
  if (isolation === 'worktree')
    return 'You work on this machine, in your own git worktree and on your own branch, which contains the work of the agents before you. Change files in this folder only: agents share their files through git, so do not touch other worktrees, and do not switch branches. When you finish, all files that git does not ignore are committed to your branch automatically. You do not need to commit or push.';
  const commits = isRepository
    ? ' Do not switch branches, and do not commit or push unless your instructions say so.'
    : '';
  return `You work on this machine, in the user's own folder, which contains the work of the agents before you. No other agent works in it until you finish.${commits}`;
}
