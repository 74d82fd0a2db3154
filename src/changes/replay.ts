import { type Git, resolveTree } from '../lib/git-client.ts';
import { NOT_BY_AGENTS } from '../lib/session-refs.ts';
import { type Conflict, mergeTrees } from './merge-trees.ts';

export type ReplayRequest = {
  /** Holds the uncommitted changes with which the session began. */
  readonly snapshot: string;
  /** The commit below it; null if the repository had none. */
  readonly onto: string | null;
  /** Its id: names are not understood here. */
  readonly head: string;
};

export type Replayed =
  | { readonly kind: 'replayed'; readonly commit: string }
  /** The agents did nothing, and the repository had no commit. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'conflict'; readonly commit: string; readonly conflicts: readonly Conflict[] };

/**
 * Makes the commits between `snapshot` and `head` again on the real base, without what the person had not committed.
 * Merges stay merges; messages, authors and dates stay, so that the same work gives the same commits.
 */
export async function replay(git: Git, request: ReplayRequest): Promise<Replayed> {
  const { snapshot, onto, head } = request;
  const listed = await git.run([
    'rev-list',
    '--reverse',
    '--topo-order',
    '--parents',
    head,
    `^${snapshot}`,
  ]);
  const made = new Map<string, string | null>([[snapshot, onto]]);
  for (const line of listed.split('\n').filter((each) => each !== '')) {
    const [commit = '', ...parents] = line.split(' ');
    const moved = parents.map((parent) => (made.has(parent) ? made.get(parent) : parent) ?? null);
    const isUnmoved = moved.every((parent, index) => parent === parents[index]);
    if (isUnmoved && !(await isNotByAgents(git, commit))) continue;
    // It only brought the person's own changes along.
    if ((parents.length === 2 && parents[1] === snapshot) || (await isNotByAgents(git, commit))) {
      made.set(commit, moved[0] ?? null);
      continue;
    }
    const merged = await mergeTrees(git, {
      base: await resolveTree(git, parents[0] ?? snapshot),
      ours: moved[0] == null ? await emptyTree(git) : await resolveTree(git, moved[0]),
      theirs: await resolveTree(git, commit),
    });
    if (merged.conflicts.length > 0)
      return { kind: 'conflict', commit, conflicts: merged.conflicts };
    const real = [...new Set(moved.filter((parent) => parent !== null))];
    made.set(commit, await commitLike(git, commit, merged.tree, real));
  }
  const result = made.has(head) ? made.get(head) : head;
  return result == null ? { kind: 'nothing' } : { kind: 'replayed', commit: result };
}

const isNotByAgents = async (git: Git, commit: string): Promise<boolean> =>
  (await git.run(['log', '-1', '--format=%b', commit])).split('\n').includes(NOT_BY_AGENTS);

const emptyTree = (git: Git): Promise<string> => git.run(['mktree'], { input: '' });

/** A commit with the words, authors and dates of another one. */
async function commitLike(
  git: Git,
  commit: string,
  tree: string,
  parents: readonly string[],
): Promise<string> {
  const format = '--format=%an%x00%ae%x00%ad%x00%cn%x00%ce%x00%cd%x00%B';
  const shown = await git.run(['log', '-1', '--date=raw', '--no-show-signature', format, commit]);
  const [author = '', email = '', date = '', committer = '', mail = '', at = '', ...message] =
    shown.split('\0');
  return await git.run(
    ['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent]), '-F', '-'],
    {
      input: `${message.join('').trimEnd()}\n`,
      variables: {
        GIT_AUTHOR_NAME: author,
        GIT_AUTHOR_EMAIL: email,
        GIT_AUTHOR_DATE: date,
        GIT_COMMITTER_NAME: committer,
        GIT_COMMITTER_EMAIL: mail,
        GIT_COMMITTER_DATE: at,
      },
    },
  );
}
