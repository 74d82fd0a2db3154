import { rm } from 'node:fs/promises';
import { plural } from '../../lib/format.ts';
import {
  commitTree,
  decodeFileName,
  fixedDates,
  type Git,
  gitFailed,
  resolveTree,
} from '../../lib/git-client.ts';
import { readSessionStart, SNAPSHOT_SUBJECT, sessionRef } from '../../lib/session-refs.ts';
import { type SkippedFile, type WorkingTree, writeWorkingTree } from '../../lib/working-tree.ts';
import type { GitFolder } from './repository.ts';

/** Where all agents of a session start. */
export type SessionBase = {
  /** Null if the repository has no commit yet. */
  readonly headCommit: string | null;
  /** Contains the user's uncommitted changes; null if there were none. */
  readonly snapshotCommit: string | null;
  readonly commit: string;
  readonly notices: readonly string[];
};

export type SnapshotRequest = {
  readonly sessionId: string;
  readonly carryUncommitted: boolean;
  readonly sizeCapBytes: number;
  readonly temporaryIndex: string;
  /** Cerevisor's home, which is left out if it is inside the user's repository. */
  readonly home: string;
};

/**
 * Creates the base of a session once; later calls return the same one, whatever has changed in the folder. The user's
 * files and branches are not changed; only refs of Cerevisor lead to the snapshot commit.
 */
export async function sessionBase(
  folder: GitFolder,
  request: SnapshotRequest,
): Promise<SessionBase> {
  const { git } = folder;
  const existing = await readBase(git, request.sessionId);
  if (existing !== null) return existing;
  const headCommit = folder.headCommit;
  const base = await createBase(folder, request, headCommit);
  const refs = refsOf(request.sessionId);
  const creations = [`create ${refs.base} ${base}`];
  if (headCommit !== null) creations.push(`create ${refs.head} ${headCommit}`);
  // Both refs are created atomically. If another call was faster, its base is used.
  const args = ['update-ref', '--stdin'];
  const written = await git.exec(args, { input: `${creations.join('\n')}\n` });
  const created = await readBase(git, request.sessionId);
  if (created === null) throw gitFailed(args, written);
  return created;
}

const refsOf = (sessionId: string) => ({
  base: sessionRef(sessionId, 'base'),
  head: sessionRef(sessionId, 'head'),
});

async function readBase(git: Git, sessionId: string): Promise<SessionBase | null> {
  const start = await readSessionStart(git, sessionId);
  if (start === null) return null;
  const { base: commit, headCommit, snapshotCommit } = start;
  const body =
    snapshotCommit === null ? '' : await git.run(['log', '-1', '--format=%b', snapshotCommit]);
  const notices = body.split('\n').filter((line) => line.trim() !== '');
  return { headCommit, snapshotCommit, commit, notices };
}

async function createBase(
  folder: GitFolder,
  request: SnapshotRequest,
  headCommit: string | null,
): Promise<string> {
  const { git, isBare } = folder;
  if (!isBare && request.carryUncommitted) {
    const content = await snapshotOf(folder, request);
    const headTree = headCommit === null ? null : await resolveTree(git, headCommit);
    const notices = noticesOf(content);
    const changed = await changedFiles(git, headTree ?? (await emptyTree(git)), content.tree);
    if (changed > 0 || notices.length > 0) {
      const summary =
        changed === 0
          ? `None of the uncommitted changes of ${folder.root} could be included.`
          : `Uncommitted changes of ${folder.root} were included (${plural(changed, 'file')}).`;
      const parents = headCommit === null ? [] : [headCommit];
      const message = [SNAPSHOT_SUBJECT, '', summary, ...notices].join('\n');
      return await commitTree(git, content.tree, parents, message, fixedDates);
    }
  }
  if (headCommit !== null) return headCommit;
  return await commitTree(git, await emptyTree(git), [], 'An empty start', fixedDates);
}

const emptyTree = (git: Git): Promise<string> => git.run(['mktree'], { input: '' });

async function changedFiles(git: Git, before: string, after: string): Promise<number> {
  if (before === after) return 0;
  const names = await git.run(['diff-tree', '-r', '-z', '--name-only', before, after]);
  return names.split('\0').filter((name) => name !== '').length;
}

async function snapshotOf(folder: GitFolder, request: SnapshotRequest): Promise<WorkingTree> {
  const { sizeCapBytes, temporaryIndex, home } = request;
  try {
    return await writeWorkingTree(folder.git, {
      folder: folder.root,
      temporaryIndex,
      maxTotalBytes: sizeCapBytes,
      excludedFolder: home,
    });
  } finally {
    await rm(temporaryIndex, { force: true });
  }
}

const MAX_NAMES = 10;

/** Messages for the user about a snapshot, one line each. */
function noticesOf({ skipped, dirtySubmodules }: WorkingTree): string[] {
  return [
    ...leftOutNotices(skipped),
    ...(dirtySubmodules.length === 0
      ? []
      : [`Changes inside submodules were not included: ${nameList(dirtySubmodules)}.`]),
  ];
}

export function leftOutNotices(skipped: readonly SkippedFile[]): string[] {
  const prefixes = {
    'too-large': 'Not included, because the changes are too large in total',
    unreadable: 'Not included, because they cannot be read',
    'nested-repository': 'Not included, because they are separate repositories',
    excluded: 'Not included',
  } as const;
  return Object.entries(Object.groupBy(skipped, ({ reason }) => reason)).map(
    // The keys of `groupBy` are these reasons.
    ([reason, files]) =>
      `${prefixes[reason as SkippedFile['reason']]}: ${nameList(files.map(({ path }) => path))}.`,
  );
}

const nameList = (paths: readonly string[]): string => {
  const names = paths.slice(0, MAX_NAMES).map((path) => JSON.stringify(decodeFileName(path)));
  const more = paths.length - names.length;
  return more > 0 ? `${names.join(', ')} and ${more} more` : names.join(', ');
};
