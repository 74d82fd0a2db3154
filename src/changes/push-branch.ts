import { ExpectedFailure, type Result, toResult } from '../lib/expected-failure.ts';
import {
  cerevisorAuthor,
  type Git,
  type GitContext,
  gitIn,
  gitMessage,
  resolveCommit,
} from '../lib/git-client.ts';
import { SNAPSHOT_SUBJECT } from '../lib/session-refs.ts';
import type { Conflict } from './merge-trees.ts';
import { pageInPushOutput, pullRequestPage } from './pull-request-page.ts';
import { replay } from './replay.ts';

export type PushRequest = {
  /** The user's repository. */
  readonly folder: string;
  /** A commit, or the name of a branch. */
  readonly head: string;
  /** The snapshot of the session, which is not pushed; null if there was none or it is no longer known. */
  readonly snapshotCommit: string | null;
  /** The commit below the snapshot. */
  readonly headCommit: string | null;
  /** The name of the branch on the remote. */
  readonly branch: string;
  /** Default: the remote of the current branch, else `origin`, else the only one. */
  readonly remote?: string;
  /** The base branch of a pull request; default: the default branch of the remote. */
  readonly baseBranch?: string;
};

export type PushResult =
  | {
      readonly kind: 'pushed';
      readonly commit: string;
      readonly remote: string;
      readonly branch: string;
      readonly baseBranch: string | null;
      /** The page for opening a pull request; null for an unknown host. */
      readonly page: string | null;
    }
  /** The work builds on uncommitted changes of the user, which have to be committed first. */
  | { readonly kind: 'conflict'; readonly conflicts: readonly Conflict[] };

/** Pushes a branch with the user's credentials, without their uncommitted changes. Never uses force. */
export const pushBranch = (
  request: PushRequest,
  context: GitContext = {},
): Promise<Result<PushResult>> =>
  toResult(async () => {
    const git = gitIn({ owner: 'user', folder: request.folder }, context);
    const remote = request.remote ?? (await chooseRemote(git));
    const commit = await commitToPush(git, request);
    if (typeof commit !== 'string') return commit;
    await pushLargeFiles(git, remote, commit);
    const pushed = await git.exec([
      ...[
        'push',
        '--porcelain',
        '--no-verify',
        '--no-signed',
        '--no-follow-tags',
        '--end-of-options',
      ],
      ...[remote, `${commit}:refs/heads/${request.branch}`],
    ]);
    if (pushed.exitCode !== 0) throw pushFailed(request, remote, gitMessage(pushed));
    const url = (await git.query(['remote', 'get-url', '--push', '--', remote])) ?? remote;
    const baseBranch = request.baseBranch ?? (await defaultBranch(git, remote));
    const page =
      pullRequestPage(url, request.branch, baseBranch) ?? pageInPushOutput(url, pushed.stderr);
    return { kind: 'pushed', commit, remote, branch: request.branch, baseBranch, page };
  });

async function commitToPush(git: Git, request: PushRequest): Promise<string | PushResult> {
  const head = await resolveCommit(git, request.head);
  if (head === null)
    throw new ExpectedFailure(
      'commit_missing',
      `There is no commit ${request.head} in the repository.`,
    );
  const snapshotCommit = request.snapshotCommit ?? (await findSnapshot(git, head));
  const headCommit = request.headCommit ?? (await parentOf(git, snapshotCommit));
  const base = snapshotCommit ?? headCommit;
  if (base === null) return head;
  const replayed = await replay(git, { snapshot: base, onto: headCommit, head });
  if (replayed.kind === 'conflict') return { kind: 'conflict', conflicts: replayed.conflicts };
  if (replayed.kind === 'nothing') {
    throw new ExpectedFailure(
      'nothing_to_push',
      'The agents changed nothing, so there is nothing to push.',
    );
  }
  if (snapshotCommit !== null && (await contains(git, replayed.commit, snapshotCommit)))
    throw new Error('Uncommitted changes of the person would have been pushed.');
  return replayed.commit;
}

/** Finds the snapshot commit of an old session whose start is no longer recorded. */
async function findSnapshot(git: Git, head: string): Promise<string | null> {
  const snapshot = await git.run([
    ...[
      'log',
      '-1',
      '--format=%H',
      '--fixed-strings',
      `--author=${cerevisorAuthor.GIT_AUTHOR_EMAIL}`,
    ],
    ...[`--grep=${SNAPSHOT_SUBJECT}`, head, '--not', '--remotes'],
  ]);
  if (snapshot === '') return null;
  const subject = await git.run(['log', '-1', '--format=%s', snapshot]);
  return subject === SNAPSHOT_SUBJECT ? snapshot : null;
}

const parentOf = async (git: Git, commit: string | null): Promise<string | null> =>
  commit === null ? null : await resolveCommit(git, `${commit}^`);

const contains = async (git: Git, commit: string, other: string): Promise<boolean> =>
  (await git.query(['merge-base', '--is-ancestor', other, commit])) !== null;

/** @throws ExpectedFailure `remote_missing` */
async function chooseRemote(git: Git): Promise<string> {
  const remotes = (await git.run(['remote'])).split('\n').filter((name) => name !== '');
  const branch = await git.query(['symbolic-ref', '--quiet', '--short', 'HEAD']);
  const branchRemote =
    branch === null ? null : await git.query(['config', `branch.${branch}.remote`]);
  const remote =
    [branchRemote, 'origin'].find((name) => name !== null && remotes.includes(name)) ??
    (remotes.length === 1 ? remotes[0] : undefined);
  if (remote !== undefined && remote !== null) return remote;
  throw new ExpectedFailure(
    'remote_missing',
    remotes.length === 0
      ? 'The repository has no remote to push to.'
      : `The repository has several remotes (${remotes.join(', ')}), and none of them is \`origin\`.`,
    'Add a remote with `git remote add origin ADDRESS`, or name one.',
  );
}

async function defaultBranch(git: Git, remote: string): Promise<string | null> {
  const known = await git.query(['symbolic-ref', '--quiet', `refs/remotes/${remote}/HEAD`]);
  const prefix = `refs/remotes/${remote}/`;
  if (known?.startsWith(prefix)) return known.slice(prefix.length);
  const remoteHead = await git.query(['ls-remote', '--symref', '--end-of-options', remote, 'HEAD']);
  return /^ref: refs\/heads\/(\S+)\tHEAD$/m.exec(remoteHead ?? '')?.[1] ?? null;
}

/** Git LFS pushes its files in a hook, but hooks are disabled. So it is called explicitly if the repository uses it. */
async function pushLargeFiles(git: Git, remote: string, commit: string): Promise<void> {
  const usesLfs = await git.query([
    ...['grep', '--quiet', '--fixed-strings', 'filter=lfs', commit, '--'],
    ...['.gitattributes', '**/.gitattributes'],
  ]);
  if (usesLfs === null) return;
  const ref = `refs/cerevisor/push/${commit.slice(0, 16)}`;
  await git.run(['update-ref', ref, commit]);
  try {
    const pushed = await git.exec(['lfs', 'push', remote, ref]);
    if (pushed.exitCode !== 0) {
      throw new ExpectedFailure(
        'push_failed',
        `Git LFS could not send the large files: ${gitMessage(pushed)}`,
        'Install Git LFS, or check your access, then try again.',
      );
    }
  } finally {
    await git.query(['update-ref', '-d', ref]);
  }
}

const pushFailed = ({ branch }: PushRequest, remote: string, output: string): ExpectedFailure =>
  new ExpectedFailure(
    'push_failed',
    `The branch ${branch} could not be pushed to ${remote}: ${output}`,
    'Check your access with `git push`, or choose another name for the branch.',
  );
