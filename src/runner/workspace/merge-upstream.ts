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

/** A commit that a new worktree must contain, and the name of its author. */
export type UpstreamCommit = { readonly name: string; readonly commit: string };

export type StartingPoint = {
  /** The agent whose work it is; empty for the base of the session. */
  readonly name: string;
  readonly commit: string;
  /** Commits to merge into it, in this order. */
  readonly others: readonly UpstreamCommit[];
  readonly notices: readonly string[];
};

/**
 * Where an attempt starts: at the branch of its first upstream agent, or else at the base of the session. The work of
 * other upstream agents, and the user's uncommitted changes if the branch lacks them, are merged.
 */
export async function startingPoint(
  git: Git,
  request: WorkspaceRequest,
  base: SessionBase,
): Promise<StartingPoint> {
  const notices: string[] = [];
  const upstreams: UpstreamCommit[] = [];
  for (const upstream of request.bases) {
    const commit = await commitOfUpstream(git, request.sessionId, upstream);
    if (await isRelated(git, commit, base.commit))
      upstreams.push({ name: upstream.agentName, commit });
    else {
      notices.push(
        `The branch ${upstream.branch} of ${upstream.agentName} has no history in common with this repository and was left out.`,
      );
    }
  }
  const [first, ...others] = upstreams;
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
  let fetchError = '';
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
      const expected =
        upstream.commit === undefined ? null : await resolveCommit(git, upstream.commit);
      const commit = expected ?? (await resolveCommit(git, ref));
      if (commit !== null) return commit;
    }
    fetchError = ` ${gitMessage(fetched)}`;
  }
  throw new ExpectedFailure(
    'upstream_branch_missing',
    `The branch ${upstream.branch} of ${upstream.agentName} is not in this repository.${fetchError}`,
    'Restore the branch, or retry the agent that created it.',
  );
}

/** The commit of the hand-off takes precedence over the current tip of its branch. */
async function localCommit(git: Git, { branch, commit }: UpstreamBranch): Promise<string | null> {
  if (commit !== undefined) {
    const handedOffCommit = await resolveCommit(git, commit);
    if (handedOffCommit !== null) return handedOffCommit;
  }
  const local = await resolveCommit(git, `refs/heads/${branch}`);
  if (local !== null) return local;
  const remotes = (await git.run(['remote'])).split('\n').filter((name) => name !== '');
  for (const remote of remotes) {
    const remoteCommit = await resolveCommit(git, `refs/remotes/${remote}/${branch}`);
    // A remote-tracking branch may be outdated; with a `commit`, the branch is fetched again.
    if (remoteCommit !== null && commit === undefined) return remoteCommit;
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
 * Merges commits into what a worktree has checked out. Conflicts are committed with their markers, for the agent to
 * resolve: so the next branch can be merged, and a crash loses nothing.
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
    const local = merged.join(', ');
    merged.push(other.name);
    if (outcome.exitCode === 0) continue;
    const files = await unmergedFiles(worktree);
    if (files.length === 0) {
      await worktree.query(['merge', '--abort']);
      throw gitFailed(['merge'], outcome);
    }
    for (const file of files) {
      conflicts.add(file);
      await nameSides(join(worktree.location.folder, file), local, other);
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

/**
 * Replaces the commit ids in conflict markers by agent names. Files that one side deleted, and binary files, have no
 * markers.
 */
async function nameSides(file: string, ours: string, theirs: UpstreamCommit): Promise<void> {
  const stats = await lstat(file).catch(() => null);
  if (stats?.isFile() !== true) return;
  const text = await readFile(file, 'latin1');
  const latin1 = (name: string) => Buffer.from(cleanText(name), 'utf8').toString('latin1');
  const renamed = text
    .replace(/^<{7} HEAD(?=\r?$)/gm, () => `<<<<<<< ${latin1(ours)}`)
    .replaceAll(`>>>>>>> ${theirs.commit}`, () => `>>>>>>> ${latin1(theirs.name)}`);
  if (renamed !== text) await writeFile(file, renamed, 'latin1');
}

const merge = (worktree: Git, { name, commit }: UpstreamCommit) =>
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
