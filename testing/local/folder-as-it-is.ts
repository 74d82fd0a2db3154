import type { Workspaces } from '../../src/runner/workspace-port.ts';

/** Working folders that are used as they are: the runner is what is tested. */
export function folderAsItIs(): Workspaces {
  return {
    prepareWorkspace: async (request) => ({
      ok: true,
      value: {
        cwd: request.folder,
        repositoryRoot: request.folder,
        branch: `cerevisor/${request.agentName}`,
        baseCommit: 'base',
        snapshotCommit: null,
        notices: ['The folder is used as it is.'],
        conflicts: [],
      },
    }),
    recreateWorkspace: async (_, workspace) => ({ ok: true, value: workspace }),
    commitTurn: async () => ({ ok: true, value: { commit: 'c0ffee', changedFiles: ['a.txt'] } }),
    removeWorktree: async () => ({ ok: true, value: undefined }),
  };
}
