import { type Git, resolveTree } from '../lib/git-client.ts';
import { NOT_BY_AGENTS } from '../lib/session-refs.ts';
import { type Conflict, mergeTrees } from './merge-trees.ts';

export type ReplayRequest = {
  /** Contains the uncommitted changes at the start of the session. */
  readonly snapshot: string;
  /** The parent of the snapshot; null if the repository had no commit. */
  readonly onto: string | null;
  /** A commit id; branch names are not supported. */
  readonly head: string;
};

export type ReplayResult =
  | { readonly kind: 'replayed'; readonly commit: string }
  /** The agents changed nothing, and the repository had no commit. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'conflict'; readonly commit: string; readonly conflicts: readonly Conflict[] };

/**
 * Replays the commits between `snapshot` and `head` on the real base, without the user's uncommitted changes. Merges,
 * messages, authors and dates are preserved, so that the same work gives the same commits.
 */
export async function replay(git: Git, request: ReplayRequest): Promise<ReplayResult> {
  const { snapshot, onto, head } = request;
  const listed = await git.run([
    'rev-list',
    '--reverse',
    '--topo-order',
    '--parents',
    head,
    `^${snapshot}`,
  ]);
  const replacements = new Map<string, string | null>([[snapshot, onto]]);
  for (const line of listed.split('\n').filter((each) => each !== '')) {
    const [commit = '', ...parents] = line.split(' ');
    const newParents = parents.map(
      (parent) => (replacements.has(parent) ? replacements.get(parent) : parent) ?? null,
    );
    const isUnchanged = newParents.every((parent, index) => parent === parents[index]);
    if (isUnchanged && !(await isNotByAgents(git, commit))) continue;
    // The commit only contains changes of the user.
    if ((parents.length === 2 && parents[1] === snapshot) || (await isNotByAgents(git, commit))) {
      replacements.set(commit, newParents[0] ?? null);
      continue;
    }
    const merged = await mergeTrees(git, {
      base: await resolveTree(git, parents[0] ?? snapshot),
      ours: newParents[0] == null ? await emptyTree(git) : await resolveTree(git, newParents[0]),
      theirs: await resolveTree(git, commit),
    });
    if (merged.conflicts.length > 0)
      return { kind: 'conflict', commit, conflicts: merged.conflicts };
    const uniqueParents = [...new Set(newParents.filter((parent) => parent !== null))];
    replacements.set(commit, await commitLike(git, commit, merged.tree, uniqueParents));
  }
  const result = replacements.has(head) ? replacements.get(head) : head;
  return result == null ? { kind: 'nothing' } : { kind: 'replayed', commit: result };
}

const isNotByAgents = async (git: Git, commit: string): Promise<boolean> =>
  (await git.run(['log', '-1', '--format=%b', commit])).split('\n').includes(NOT_BY_AGENTS);

const emptyTree = (git: Git): Promise<string> => git.run(['mktree'], { input: '' });

/** Creates a commit with the message, authors and dates of another one. */
async function commitLike(
  git: Git,
  commit: string,
  tree: string,
  parents: readonly string[],
): Promise<string> {
  const format = '--format=%an%x00%ae%x00%ad%x00%cn%x00%ce%x00%cd%x00%B';
  const details = await git.run(['log', '-1', '--date=raw', '--no-show-signature', format, commit]);
  const [
    author = '',
    email = '',
    date = '',
    committer = '',
    committerEmail = '',
    committedAt = '',
    ...message
  ] = details.split('\0');
  return await git.run(
    ['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent]), '-F', '-'],
    {
      input: `${message.join('').trimEnd()}\n`,
      variables: {
        GIT_AUTHOR_NAME: author,
        GIT_AUTHOR_EMAIL: email,
        GIT_AUTHOR_DATE: date,
        GIT_COMMITTER_NAME: committer,
        GIT_COMMITTER_EMAIL: committerEmail,
        GIT_COMMITTER_DATE: committedAt,
      },
    },
  );
}
