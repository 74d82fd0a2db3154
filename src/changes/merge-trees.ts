import { ExpectedFailure } from '../lib/expected-failure.ts';
import { commitTree, decodeFileName, fixedDates, type Git, gitFailed } from '../lib/git-client.ts';

export type Conflict = {
  readonly path: string;
  /** Git's name for it, such as `contents`, `modify/delete` or `binary`. */
  readonly kind: string;
};

export type MergedTree = {
  /** Conflicting files contain conflict markers. */
  readonly tree: string;
  readonly conflicts: readonly Conflict[];
};

/** Merges two commits without a working tree. @throws ExpectedFailure `git_too_old` before git 2.38 */
export async function mergeCommits(git: Git, ours: string, theirs: string): Promise<MergedTree> {
  const args = ['merge-tree', '--write-tree', '-z', '--name-only', '--messages', ours, theirs];
  const outcome = await git.exec(args, { encoding: 'latin1' });
  if (outcome.exitCode === 129 || /^usage: git merge-tree/m.test(outcome.stderr)) {
    throw new ExpectedFailure(
      'git_too_old',
      'This needs git 2.38 or newer.',
      'Update git, then try again.',
    );
  }
  if (outcome.exitCode > 1) throw gitFailed(args, outcome);
  return readMerge(outcome.stdout, [ours, theirs]);
}

/** The same for three trees: applies the changes from `base` to `theirs` on top of `ours`. */
export async function mergeTrees(
  git: Git,
  trees: { readonly base: string; readonly ours: string; readonly theirs: string },
): Promise<MergedTree & { readonly ours: string; readonly theirs: string }> {
  const commit = (tree: string, parents: readonly string[], name: string) =>
    commitTree(git, tree, parents, name, fixedDates);
  const base = await commit(trees.base, [], 'base');
  const ours = await commit(trees.ours, [base], 'ours');
  const theirs = await commit(trees.theirs, [base], 'theirs');
  return { ...(await mergeCommits(git, ours, theirs)), ours, theirs };
}

/**
 * Parses the NUL-separated output: the tree; the conflicting paths; an empty word; then messages, each with a count, that
 * many paths, a kind and a sentence.
 */
function readMerge(output: string, sides: readonly string[]): MergedTree {
  const words = output.split('\0');
  const tree = words[0] ?? '';
  const end = words.indexOf('', 1);
  const paths = words.slice(1, end < 0 ? undefined : end);
  const kinds = new Map<string, string>();
  let at = end < 0 ? words.length : end + 1;
  while (at < words.length && /^\d+$/.test(words[at] ?? '')) {
    const count = Number(words[at]);
    const kind = /^CONFLICT \((.+)\)$/.exec(words[at + 1 + count] ?? '')?.[1];
    for (const path of words.slice(at + 1, at + 1 + count)) {
      if (kind !== undefined) kinds.set(path, kind);
    }
    at += count + 3;
  }
  const conflicts = new Map<string, Conflict>();
  for (const path of paths) {
    const name = decodeFileName(withoutSide(path, sides));
    conflicts.set(name, { path: name, kind: kinds.get(path) ?? 'contents' });
  }
  return { tree, conflicts: [...conflicts.values()] };
}

/** If a file and a folder have the same name, git renames the file to `name~side`: returns the original name. */
export function withoutSide(path: string, sides: readonly string[]): string {
  const at = path.lastIndexOf('~');
  const [side = ''] = path.slice(at + 1).split('_');
  return at > 0 && sides.includes(side) ? path.slice(0, at) : path;
}
