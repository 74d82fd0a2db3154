import { ExpectedFailure, type Result, toResult } from '../lib/expected-failure.ts';
import { type GitContext, type GitLocation, gitIn, resolveCommit } from '../lib/git-client.ts';

export type WorkRequest = {
  readonly repository: GitLocation;
  readonly heads: readonly {
    readonly agentName: string;
    readonly branch: string;
    readonly commit: string;
  }[];
};

/** Checks that the repository still has the agents' commits, whose branches may have been deleted. Error: `commit_missing`. */
export const requireCommits = (
  { repository, heads }: WorkRequest,
  context: GitContext = {},
): Promise<Result<void>> =>
  toResult(async () => {
    const git = gitIn(repository, context);
    for (const { agentName, branch, commit } of heads) {
      if ((await resolveCommit(git, commit)) !== null) continue;
      throw new ExpectedFailure(
        'commit_missing',
        `The repository of ${repository.folder} no longer has the work of ${agentName}: its branch ${branch} was deleted.`,
        'Fetch the branch from a clone that still has it, or retry the agent.',
      );
    }
  });
