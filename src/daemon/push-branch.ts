import { pushBranch } from '../changes/push-branch.ts';
import type { BranchPush } from '../engine/context.ts';
import type { Environment } from '../lib/git.ts';
import { gitIn } from '../lib/git-client.ts';
import { readSessionStart } from '../lib/session-refs.ts';

/** Pushes the commits of a local agent, without changes of the user that were uncommitted when the session started. */
export function branchPush(environment: Environment): BranchPush {
  return async ({ sessionId, folder, branch, commit, remoteUrl }) => {
    const context = { environment };
    const git = gitIn({ owner: 'user', folder }, context);
    const start = await readSessionStart(git, sessionId);
    const pushed = await pushBranch(
      {
        folder,
        head: commit ?? `refs/heads/${branch}`,
        snapshotCommit: start?.snapshotCommit ?? null,
        headCommit: start?.headCommit ?? null,
        branch,
        remote: remoteUrl,
      },
      context,
    );
    if (!pushed.ok) return { ok: false, error: pushed.error };
    if (pushed.value.kind === 'pushed') return { ok: true };
    const files = pushed.value.conflicts.map(({ path }) => path).join(', ');
    return {
      ok: false,
      error: {
        code: 'push_conflict',
        message: `The branch ${branch} cannot be pushed without your uncommitted changes, because the agents changed the same lines: ${files}.`,
        suggestion: 'Commit your changes and start the session again.',
      },
    };
  };
}
