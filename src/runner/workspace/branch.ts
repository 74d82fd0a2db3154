import { cerevisorAuthor, type Git, resolveCommit } from '../../lib/git-client.ts';

const MAX_NAMES = 50;

/**
 * The first free name for a branch: the preferred one, or the same with a number. Names of existing branches are
 * avoided, and so is the prefix `cerevisor/` if there is a branch `cerevisor`, below which git allows no other.
 */
export async function freeBranchName(git: Git, preferred: string): Promise<string> {
  const isBlocked = (await resolveCommit(git, 'refs/heads/cerevisor')) !== null;
  const base = isBlocked ? preferred.replace('/', '-') : preferred;
  for (let number = 1; number <= MAX_NAMES; number += 1) {
    const name = number === 1 ? base : `${base}-${number}`;
    // Also matches branches below this name, which git does not allow next to it.
    const taken = await git.run(['for-each-ref', '--format=%(refname)', `refs/heads/${name}`]);
    if (taken === '') return name;
  }
  return `${base}-${crypto.randomUUID().slice(0, 8)}`;
}

/** Deletes a branch unless someone else committed to it since `base`. Returns whether it is gone. */
export async function deleteUnusedBranch(git: Git, branch: string, base: string): Promise<boolean> {
  const tip = await resolveCommit(git, `refs/heads/${branch}`);
  if (tip === null) return true;
  const authors = await git.query(['log', '--format=%ae', `${base}..${tip}`, '--first-parent']);
  const isDescendant = (await git.query(['merge-base', '--is-ancestor', base, tip])) !== null;
  const isOnlyOurs = (authors ?? 'unknown')
    .split('\n')
    .every((author) => author === '' || author === cerevisorAuthor.GIT_AUTHOR_EMAIL);
  if (!isOnlyOurs || !isDescendant) return false;
  return (await git.query(['update-ref', '-d', `refs/heads/${branch}`, tip])) !== null;
}
