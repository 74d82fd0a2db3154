import { createHash, randomUUID } from 'node:crypto';
import { mkdir, realpath, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ExpectedFailure, type Result, toResult } from '../lib/expected-failure.ts';
import {
  decodeFileName,
  type Git,
  type GitContext,
  gitIn,
  resolveCommit,
  resolveTree,
} from '../lib/git-client.ts';
import { writeWorkingTree } from '../lib/working-tree.ts';
import { withoutAppliedRenames } from './case-renames.ts';
import { type RawEntry, readDiff } from './files.ts';
import { type Conflict, mergeTrees, withoutSide } from './merge-trees.ts';
import { findObstacles } from './obstacles.ts';

/** The work between two commits. */
export type Work = {
  /**
   * The base of the changes: the snapshot of the session if it had one, so that uncommitted changes of the user are not
   * applied a second time.
   */
  readonly base: string;
  readonly head: string;
};

export type ApplyRequest = {
  readonly home: string;
  /** A folder in the user's repository. Changes apply to the whole repository. */
  readonly folder: string;
  /** Applied on top of each other, in this order. */
  readonly work: readonly Work[];
};

export type PlannedFile = {
  readonly path: string;
  readonly action: 'create' | 'modify' | 'delete';
  /** The user has uncommitted changes in this file. They are kept and merged. */
  readonly isDirty: boolean;
  readonly isLink: boolean;
};

export type ApplyPlan = {
  /** A hash of the plan. */
  readonly planId: string;
  /** The top of the working tree. */
  readonly folder: string;
  /** The branch that is checked out there; null for a detached HEAD. */
  readonly branch: string | null;
  readonly files: readonly PlannedFile[];
  /**
   * `in-the-way`: an ignored file is at the path of a new one, or one side has a file where the other side has a folder.
   */
  readonly conflicts: readonly Conflict[];
  /** Messages for the user about what cannot be applied. */
  readonly notices: readonly string[];
};

/** A plan with the details needed to apply it. */
export type DetailedPlan = ApplyPlan & {
  readonly git: Git;
  readonly entries: readonly RawEntry[];
  readonly tree: string;
  /** Labels for the commits in conflict markers. */
  readonly labels: ReadonlyMap<string, string>;
};

/** Plans what applying would do to the folder, without changing anything. */
export const planApply = (
  request: ApplyRequest,
  context: GitContext = {},
): Promise<Result<ApplyPlan>> =>
  toResult(async () => {
    const { planId, folder, branch, files, conflicts, notices } = await makePlan(request, context);
    return { planId, folder, branch, files, conflicts, notices };
  });

export async function makePlan(request: ApplyRequest, context: GitContext): Promise<DetailedPlan> {
  const git = await openFolder(request.folder, context);
  const folder = git.location.folder;
  for (const commit of request.work.flatMap(({ base, head }) => [base, head])) {
    if ((await resolveCommit(git, commit)) === null) throw commitMissing(commit, folder);
  }
  const ours = await writeFolderTree(git, request);
  const merged = await mergeWork(git, ours, request.work);
  const all = await differences(git, ours, merged.tree);
  const files = all.filter((entry) => !isSubmodule(entry));
  const entries = await withoutAppliedRenames(folder, files);
  const obstacles = await findObstacles(folder, entries);
  const conflicts = [...merged.conflicts, ...obstacles];
  const branch = await git.query(['symbolic-ref', '--quiet', '--short', 'HEAD']);
  const sides = [...merged.labels.keys()];
  const withPlainName = (entry: RawEntry) => ({ ...entry, path: withoutSide(entry.path, sides) });
  return {
    planId: computePlanId({ folder, branch, entries, conflicts }),
    folder,
    branch,
    files: await planFiles(git, entries.map(withPlainName), ours),
    conflicts,
    notices: all
      .filter(isSubmodule)
      .map(({ path }) => `The submodule ${decodeFileName(path)} is not changed.`),
    git,
    entries,
    tree: merged.tree,
    labels: merged.labels,
  };
}

async function mergeWork(git: Git, ours: string, work: readonly Work[]) {
  const labels = new Map<string, string>();
  const conflicts = new Map<string, Conflict>();
  let tree = ours;
  for (const { base, head } of work) {
    const trees = {
      base: await resolveTree(git, base),
      ours: tree,
      theirs: await resolveTree(git, head),
    };
    const merged = await mergeTrees(git, trees);
    tree = merged.tree;
    labels.set(merged.ours, 'your folder').set(merged.theirs, 'the agents');
    for (const { path, kind } of merged.conflicts)
      conflicts.set(path, { path, kind: kind === 'file/directory' ? 'in-the-way' : kind });
  }
  return { tree, labels, conflicts: [...conflicts.values()] };
}

export async function openFolder(folder: string, context: GitContext): Promise<Git> {
  const here = gitIn({ owner: 'user', folder }, context);
  const top = await here.query(['rev-parse', '--show-toplevel']);
  if (top === null || top === '') {
    throw new ExpectedFailure(
      'folder_without_git',
      `${folder} has no working tree of a git repository.`,
      'Name a folder of the repository that the agents worked on.',
    );
  }
  return gitIn({ owner: 'user', folder: await realpath(resolve(folder, top)) }, context);
}

/** Larger untracked files are not considered for renames or merges. */
const LARGE_BYTES = 20 * 1024 * 1024;

/** Writes the folder's content as a tree: everything that agents changed, and files that the user may have moved. */
async function writeFolderTree(git: Git, { home, work }: ApplyRequest): Promise<string> {
  const touched = new Set<string>();
  for (const { base, head } of work)
    for (const { path } of await differences(git, base, head)) touched.add(path);
  const temporary = join(home, 'local-runs', 'temporary');
  await mkdir(temporary, { recursive: true, mode: 0o700 });
  const index = join(temporary, `${randomUUID()}.index`);
  try {
    const { tree, skipped } = await writeWorkingTree(git, {
      folder: git.location.folder,
      temporaryIndex: index,
      excludedFolder: home,
      neverHidden: touched,
      isIncluded: ({ path, isTracked, sizeBytes }) =>
        isTracked || sizeBytes <= LARGE_BYTES || touched.has(path),
    });
    const unread = skipped.find(({ path, reason }) => reason !== 'excluded' && touched.has(path));
    if (unread !== undefined) {
      throw new ExpectedFailure(
        'file_unreadable',
        `${decodeFileName(unread.path)} cannot be read, and would be changed.`,
        'Make the file readable, then try again.',
      );
    }
    return tree;
  } finally {
    await rm(index, { force: true });
  }
}

async function differences(git: Git, before: string, after: string): Promise<RawEntry[]> {
  const output = await git.run(
    ['diff-tree', '-r', '-z', '--raw', '--no-renames', '--no-abbrev', before, after],
    { encoding: 'latin1', maxOutputCharacters: 256 * 1024 * 1024 },
  );
  return readDiff(output).entries;
}

const isSubmodule = ({ oldMode, newMode }: RawEntry): boolean =>
  oldMode === '160000' || newMode === '160000';

async function planFiles(
  git: Git,
  entries: readonly RawEntry[],
  ours: string,
): Promise<PlannedFile[]> {
  const head = await resolveCommit(git, 'HEAD');
  const uncommitted = head === null ? [] : await differences(git, head, ours);
  const dirty = new Set(uncommitted.map(({ path }) => path));
  const actions = { A: 'create', D: 'delete' } as const;
  return entries.map(({ path, letter, newMode }) => ({
    path: decodeFileName(path),
    action: letter === 'A' || letter === 'D' ? actions[letter] : 'modify',
    isDirty: dirty.has(path),
    isLink: newMode === '120000',
  }));
}

function computePlanId({
  folder,
  branch,
  entries,
  conflicts,
}: Pick<DetailedPlan, 'folder' | 'branch' | 'entries' | 'conflicts'>) {
  const parts = entries.map(({ path, oldId, newId, oldMode, newMode }) =>
    [path, oldId, newId, oldMode, newMode].join('\t'),
  );
  const content = JSON.stringify([folder, branch, parts, conflicts]);
  return createHash('sha256').update(content).digest('hex').slice(0, 32);
}

const commitMissing = (commit: string, folder: string): ExpectedFailure =>
  new ExpectedFailure(
    'commit_missing',
    `The repository of ${folder} does not have the commit ${commit.slice(0, 12)}.`,
    'Name the folder that the agents worked on; a branch from the cloud has to be fetched into it first.',
  );
