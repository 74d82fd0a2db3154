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
    return 'You work on this machine, in a git worktree of your own and on a branch of your own. It holds the work of the agents before you. Change files in this folder only: agents share their files through git, so do not touch other worktrees, and do not switch branches. When you end, all files that git does not ignore are committed to your branch for you. You need not commit or push.';
  const commits = isRepository
    ? ' Do not switch branches, and do not commit or push unless your instructions say so.'
    : '';
  return `You work on this machine, in the person's own folder, which holds the work of the agents before you. Nobody else works in it until you end.${commits}`;
}
