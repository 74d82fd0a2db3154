import { ExpectedFailure, type Result, settle } from '../lib/expected-failure.ts';
import { commitOf, type GitContext, type GitPlace, gitIn } from '../lib/git-place.ts';

export type WorkRequest = {
  readonly repository: GitPlace;
  readonly heads: readonly {
    readonly agentName: string;
    readonly branch: string;
    readonly commit: string;
  }[];
};

/** Whether the repository still has what agents left in it: a person may have deleted branches. Error: `commit_missing`. */
export const requireWork = (
  { repository, heads }: WorkRequest,
  context: GitContext = {},
): Promise<Result<void>> =>
  settle(async () => {
    const git = gitIn(repository, context);
    for (const { agentName, branch, commit } of heads) {
      if ((await commitOf(git, commit)) !== null) continue;
      throw new ExpectedFailure(
        'commit_missing',
        `The repository of ${repository.folder} no longer has the work of ${agentName}: its branch ${branch} was deleted.`,
        'Fetch the branch from a clone that still has it, or retry the agent.',
      );
    }
  });
