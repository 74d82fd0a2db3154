import { type Result, toResult } from '../lib/expected-failure.ts';
import {
  commitTree,
  fixedDates,
  type Git,
  type GitContext,
  type GitLocation,
  gitIn,
} from '../lib/git-client.ts';
import { type Changes, listChanges } from './files.ts';
import { type Conflict, mergeCommits } from './merge-trees.ts';

/** `commit` may also be the name of a branch. */
export type AgentHead = { readonly agentName: string; readonly commit: string };

export type SessionChangesRequest = {
  readonly repository: GitLocation;
  /** Where the session started. */
  readonly base: string;
  /** The results of the session's agents. Heads that are contained in others are ignored. */
  readonly heads: readonly AgentHead[];
};

export type SessionChanges = {
  /** A commit with the work of all agents; the base if there is none. */
  readonly head: string;
  readonly changes: Changes;
  /** Files with conflicting changes of agents. In the commit they contain conflict markers. */
  readonly conflicts: readonly (Conflict & { readonly agentNames: readonly string[] })[];
};

/** The changes of a session: the merged work of its last agents. The same request gives the same commit. */
export const sessionChanges = (
  request: SessionChangesRequest,
  context: GitContext = {},
): Promise<Result<SessionChanges>> =>
  toResult(async () => {
    const git = gitIn(request.repository, context);
    const { head, conflicts } = await mergeHeads(git, request);
    const changes = await listChanges(git, { base: request.base, head });
    return { head, changes, conflicts };
  });

async function mergeHeads(git: Git, { base, heads }: SessionChangesRequest) {
  const conflicts: SessionChanges['conflicts'][number][] = [];
  const [first, ...others] = await independentHeads(git, heads);
  let head = first?.commit ?? base;
  const merged = first === undefined ? [] : [first.agentName];
  for (const other of others) {
    const result = await mergeCommits(git, head, other.commit);
    const agentNames = [...merged, other.agentName];
    conflicts.push(...result.conflicts.map((conflict) => ({ ...conflict, agentNames })));
    const message = `The work of ${agentNames.join(', ')}`;
    head = await commitTree(git, result.tree, [head, other.commit], message, fixedDates);
    merged.push(other.agentName);
  }
  return { head, conflicts };
}

/** The heads that are not contained in another one. */
async function independentHeads(git: Git, heads: readonly AgentHead[]): Promise<AgentHead[]> {
  const resolved = await Promise.all(
    heads.map(async ({ agentName, commit }) => ({
      agentName,
      commit: await git.run(['rev-parse', '--verify', '--end-of-options', `${commit}^{commit}`]),
    })),
  );
  const byCommit = new Map(resolved.map((head) => [head.commit, head]));
  if (byCommit.size < 2) return [...byCommit.values()];
  const independentIds = await git.run(['merge-base', '--independent', ...byCommit.keys()]);
  const selected = new Set(independentIds.split('\n'));
  return [...byCommit.values()].filter(({ commit }) => selected.has(commit));
}
