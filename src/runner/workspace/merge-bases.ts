import { lstat, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cleanText } from '../../lib/clean-text.ts';
import { ExpectedFailure } from '../../lib/expected-failure.ts';
import {
  cerevisorAuthor,
  decodeFileName,
  type Git,
  gitFailed,
  gitMessage,
  resolveCommit,
} from '../../lib/git-client.ts';
import { sessionRef } from '../../lib/session-refs.ts';
import type { WorkspaceRequest } from '../workspace-port.ts';
import { digest } from './names.ts';
import type { SessionBase } from './session-base.ts';

/** A commit that a fresh worktree has to hold, and whose it is. */
export type Upstream = { readonly name: string; readonly commit: string };

export type StartingPoint = {
  /** Whose work it is; empty for the base of the session. */
  readonly name: string;
  readonly commit: string;
  /** To be merged into it, in order. */
  readonly others: readonly Upstream[];
  readonly notices: readonly string[];
};

/**
 * Where an attempt starts: at the branch of its first upstream agent, otherwise at the base of the session. What others made,
 * and the person's uncommitted changes where the branch does not have them, is merged.
 */
export async function startingPoint(
  git: Git,
  request: WorkspaceRequest,
  base: SessionBase,
): Promise<StartingPoint> {
  const notices: string[] = [];
  const found: Upstream[] = [];
  for (const upstream of request.bases) {
    const commit = await commitOfUpstream(git, request.sessionId, upstream);
    if (await isRelated(git, commit, base.commit)) found.push({ name: upstream.agentName, commit });
    else {
      notices.push(
        `The branch ${upstream.branch} of ${upstream.agentName} has no history in common with this repository and was left out.`,
      );
    }
  }
  const [first, ...others] = found;
  if (first === undefined) return { name: '', commit: base.commit, others: [], notices };
  const snapshot =
    base.snapshotCommit === null
      ? []
      : [{ name: 'your uncommitted changes', commit: base.snapshotCommit }];
  return { ...first, others: [...others, ...snapshot], notices };
}

type UpstreamBranch = WorkspaceRequest['bases'][number];

/** @throws ExpectedFailure `upstream_branch_missing` */
async function commitOfUpstream(
  git: Git,
  sessionId: string,
  upstream: UpstreamBranch,
): Promise<string> {
  const local = await localCommit(git, upstream);
  if (local !== null) return local;
  let words = '';
  if (upstream.repoUrl !== undefined) {
    const ref = sessionRef(
      sessionId,
      `upstream/${digest([upstream.repoUrl, upstream.branch]).slice(0, 12)}`,
    );
    const fetched = await git.exec([
      ...['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules'],
      ...['--end-of-options', upstream.repoUrl, `+refs/heads/${upstream.branch}:${ref}`],
    ]);
    if (fetched.exitCode === 0) {
      const wanted =
        upstream.commit === undefined ? null : await resolveCommit(git, upstream.commit);
      const commit = wanted ?? (await resolveCommit(git, ref));
      if (commit !== null) return commit;
    }
    words = ` ${gitMessage(fetched)}`;
  }
  throw new ExpectedFailure(
    'upstream_branch_missing',
    `The branch ${upstream.branch} of ${upstream.agentName} is not in this repository.${words}`,
    'Restore the branch, or retry the agent that created it.',
  );
}

/** The commit of the hand-off counts, wherever its branch has moved since. */
async function localCommit(git: Git, { branch, commit }: UpstreamBranch): Promise<string | null> {
  if (commit !== undefined) {
    const handedOn = await resolveCommit(git, commit);
    if (handedOn !== null) return handedOn;
  }
  const ours = await resolveCommit(git, `refs/heads/${branch}`);
  if (ours !== null) return ours;
  const remotes = (await git.run(['remote'])).split('\n').filter((name) => name !== '');
  for (const remote of remotes) {
    const theirs = await resolveCommit(git, `refs/remotes/${remote}/${branch}`);
    // What was fetched once may be older than the branch; with an address it is fetched again.
    if (theirs !== null && commit === undefined) return theirs;
  }
  return null;
}

export const isRelated = async (git: Git, one: string, other: string): Promise<boolean> =>
  (await git.query(['merge-base', one, other])) !== null;

export type Merged = {
  readonly commit: string;
  readonly conflicts: readonly string[];
  readonly notices: readonly string[];
};

/**
 * Merges commits into what a worktree has checked out. A conflict is committed as git left it, with its markers, for the
 * agent to resolve: so the next branch can be merged, and a crash in between loses nothing.
 */
export async function mergeInto(
  worktree: Git,
  { name, others }: Pick<StartingPoint, 'name' | 'others'>,
): Promise<Merged> {
  const merged = [name];
  const conflicts = new Set<string>();
  const notices: string[] = [];
  for (const other of others) {
    const outcome = await merge(worktree, other);
    const ours = merged.join(', ');
    merged.push(other.name);
    if (outcome.exitCode === 0) continue;
    const files = await unmergedFiles(worktree);
    if (files.length === 0) {
      await worktree.query(['merge', '--abort']);
      throw gitFailed(['merge'], outcome);
    }
    for (const file of files) {
      conflicts.add(file);
      await nameSides(join(worktree.location.folder, file), ours, other);
    }
    notices.push(
      `Merging the work of ${other.name} left conflicts in ${files.map((file) => JSON.stringify(file)).join(', ')}.`,
    );
    await worktree.run(['add', '--all']);
    await worktree.run(['commit', '--quiet', '--no-verify', '--no-edit'], {
      variables: { ...cerevisorAuthor, GIT_EDITOR: ':' },
    });
  }
  const commit = await worktree.run(['rev-parse', 'HEAD']);
  return { commit, conflicts: [...conflicts].sort(), notices };
}

/** Git's markers name commits that nobody knows. A file that one side deleted, or that is binary, has none. */
async function nameSides(file: string, ours: string, theirs: Upstream): Promise<void> {
  const found = await lstat(file).catch(() => null);
  if (found?.isFile() !== true) return;
  const text = await readFile(file, 'latin1');
  const bytesOf = (name: string) => Buffer.from(cleanText(name), 'utf8').toString('latin1');
  const named = text
    .replace(/^<{7} HEAD(?=\r?$)/gm, () => `<<<<<<< ${bytesOf(ours)}`)
    .replaceAll(`>>>>>>> ${theirs.commit}`, () => `>>>>>>> ${bytesOf(theirs.name)}`);
  if (named !== text) await writeFile(file, named, 'latin1');
}

const merge = (worktree: Git, { name, commit }: Upstream) =>
  worktree.exec(
    [
      ...['merge', '--quiet', '--no-edit', '--no-ff', '--no-verify', '--no-verify-signatures'],
      ...['--no-log', '--no-signoff', '--no-squash', '--commit', '--no-autostash', '--no-stat'],
      ...['-m', `Merge the work of ${name}`, commit],
    ],
    { variables: { ...cerevisorAuthor, GIT_EDITOR: ':' } },
  );

async function unmergedFiles(worktree: Git): Promise<string[]> {
  const names = await worktree.run(['diff', '--name-only', '--diff-filter=U', '-z'], {
    encoding: 'latin1',
  });
  return names.split('\0').flatMap((name) => (name === '' ? [] : [decodeFileName(name)]));
}
