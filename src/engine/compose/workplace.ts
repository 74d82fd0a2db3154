import type { Place } from '../../session/placement.ts';
import type { SessionState } from '../../session/state.ts';

/**
 * What an agent has to know of the place where it works. In the cloud its service tells it; here several agents of one
 * session may be at work on one machine, and nothing but this keeps them out of each other's way.
 */
export function workplaceOf({ local }: Pick<SessionState, 'local'>, place: Place): string {
  if (place === 'cloud' || local === null) return '';
  const { isRepository, isolation } = local;
  if (isolation === 'worktree')
    return 'You work on this machine, in your own git worktree and on your own branch, which contains the work of the agents before you. Change files in this folder only: agents share their files through git, so do not touch other worktrees, and do not switch branches. When you finish, all files that git does not ignore are committed to your branch automatically. You do not need to commit or push.';
  const commits = isRepository
    ? ' Do not switch branches, and do not commit or push unless your instructions say so.'
    : '';
  return `You work on this machine, in the user's own folder, which contains the work of the agents before you. No other agent works in it until you finish.${commits}`;
}
