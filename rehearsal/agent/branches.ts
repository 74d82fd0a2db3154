import { withoutScheme } from '../git/repository-url.ts';
import type { AgentRecord } from '../store/records.ts';

export type WireBranch = {
  readonly repoUrl: string;
  readonly branch?: string;
  readonly prUrl?: string;
};

export const pullRequestUrl = (origin: string, number: number): string =>
  `${origin}/pull/${number}`;

/** `git.branches[]` of runs and results: the agent's branches at the time of reading. */
export function branchesOf(agent: AgentRecord, origin: string): readonly WireBranch[] {
  return agent.branches.map(({ repositoryUrl, branch, pullRequestNumber }) => ({
    repoUrl: withoutScheme(repositoryUrl),
    branch,
    ...(pullRequestNumber === undefined
      ? {}
      : { prUrl: pullRequestUrl(origin, pullRequestNumber) }),
  }));
}
