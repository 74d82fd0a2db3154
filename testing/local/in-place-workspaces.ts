import type { Workspaces } from '../../src/runner/workspace-port.ts';

/** Workspaces that use the folder as it is, for tests of the runner. */
export function inPlaceWorkspaces(): Workspaces {
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
