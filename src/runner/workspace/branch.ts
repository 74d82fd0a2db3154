import { cerevisorAuthor, type Git, resolveCommit } from '../../lib/git-client.ts';

const MOST_NAMES = 50;

/**
 * The first free name for a branch: the wanted one, or the same with a number. A branch of that name that is not ours is
 * stepped aside for, and so is a branch `cerevisor`, below which git allows no other.
 */
export async function freeBranchName(git: Git, wanted: string): Promise<string> {
  const isBlocked = (await resolveCommit(git, 'refs/heads/cerevisor')) !== null;
  const base = isBlocked ? wanted.replace('/', '-') : wanted;
  for (let number = 1; number <= MOST_NAMES; number += 1) {
    const name = number === 1 ? base : `${base}-${number}`;
    // Finds the branch of this name and those below it, which are in the way too.
    const taken = await git.run(['for-each-ref', '--format=%(refname)', `refs/heads/${name}`]);
    if (taken === '') return name;
  }
  return `${base}-${crypto.randomUUID().slice(0, 8)}`;
}

/** Deletes a branch on which nobody but us committed since `base`. Returns whether it is gone. */
export async function deleteUnusedBranch(git: Git, branch: string, base: string): Promise<boolean> {
  const tip = await resolveCommit(git, `refs/heads/${branch}`);
  if (tip === null) return true;
  const authors = await git.query(['log', '--format=%ae', `${base}..${tip}`, '--first-parent']);
  const isDescendant = (await git.query(['merge-base', '--is-ancestor', base, tip])) !== null;
  const isOurs = (authors ?? 'unknown')
    .split('\n')
    .every((author) => author === '' || author === cerevisorAuthor.GIT_AUTHOR_EMAIL);
  if (!isOurs || !isDescendant) return false;
  return (await git.query(['update-ref', '-d', `refs/heads/${branch}`, tip])) !== null;
}
