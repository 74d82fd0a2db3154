import { type Result, toResult } from '../lib/expected-failure.ts';
import {
  decodeFileName,
  type Git,
  type GitContext,
  type GitLocation,
  gitIn,
} from '../lib/git-client.ts';

export type ChangedFile = {
  /** Relative to the top of the repository, with `/`. */
  readonly path: string;
  /** The previous path, if the file was moved or copied. */
  readonly oldPath: string | null;
  readonly status: 'added' | 'modified' | 'deleted' | 'renamed' | 'copied' | 'type-changed';
  readonly kind: 'file' | 'link' | 'submodule';
  /** In lines; null if the file is not text. */
  readonly additions: number | null;
  readonly deletions: number | null;
  readonly isBinary: boolean;
  readonly isExecutable: boolean;
  readonly wasExecutable: boolean;
  /** Only the path, the mode or the type changed. */
  readonly hasSameContents: boolean;
  /** The git ids of the contents; null if there is none. */
  readonly oldId: string | null;
  readonly newId: string | null;
  readonly oldSizeBytes: number | null;
  readonly newSizeBytes: number | null;
};

export type Changes = {
  /** At most `maxFiles`. */
  readonly files: readonly ChangedFile[];
  /** The number of all files, as are the totals below. */
  readonly fileCount: number;
  readonly additions: number;
  readonly deletions: number;
};

export type ChangesRequest = {
  readonly repository: GitLocation;
  readonly base: string;
  readonly head: string;
  readonly maxFiles?: number;
};

const MAX_FILES = 5_000;
const MAX_OUTPUT_CHARACTERS = 256 * 1024 * 1024;

/** The changes between two commits or trees. Moved files are recognized. */
export const readChanges = (
  request: ChangesRequest,
  context: GitContext = {},
): Promise<Result<Changes>> =>
  toResult(() => listChanges(gitIn(request.repository, context), request));

export async function listChanges(
  git: Git,
  { base, head, maxFiles = MAX_FILES }: Pick<ChangesRequest, 'base' | 'head' | 'maxFiles'>,
): Promise<Changes> {
  const output = await git.run(
    [
      ...['diff-tree', '-r', '-z', '-M', '--raw', '--numstat', '--no-ext-diff', '--no-textconv'],
      ...['--no-abbrev', '--end-of-options', base, head],
    ],
    { encoding: 'latin1', maxOutputCharacters: MAX_OUTPUT_CHARACTERS },
  );
  const { entries, counts } = readDiff(output);
  const sum = (which: 'additions' | 'deletions'): number =>
    counts.reduce((total, count) => total + (count[which] ?? 0), 0);
  const visible = entries.slice(0, maxFiles);
  const sizes = await readSizes(git, visible);
  return {
    files: visible.map((entry, index) => toChangedFile(entry, counts[index], sizes)),
    fileCount: entries.length,
    additions: sum('additions'),
    deletions: sum('deletions'),
  };
}

/** An entry of `git diff-tree --raw`. Paths are git's bytes, see `decodeFileName`. */
export type RawEntry = {
  readonly oldMode: string;
  readonly newMode: string;
  readonly oldId: string;
  readonly newId: string;
  readonly letter: string;
  readonly oldPath: string | null;
  readonly path: string;
};
type Counts = { readonly additions: number | null; readonly deletions: number | null };

/** Parses the raw and numstat parts of a diff, which list the files in the same order. */
export function readDiff(output: string): { entries: RawEntry[]; counts: Counts[] } {
  const words = output.split('\0').values();
  const next = (): string => words.next().value ?? '';
  const entries: RawEntry[] = [];
  const counts: Counts[] = [];
  for (const word of words) {
    const raw = /^:(\d+) (\d+) ([0-9a-f]+) ([0-9a-f]+) ([A-Z])\d*$/.exec(word);
    if (raw !== null) {
      const [, oldMode = '', newMode = '', oldId = '', newId = '', letter = ''] = raw;
      const first = next();
      const isMoved = letter === 'R' || letter === 'C';
      const path = isMoved ? next() : first;
      const ids = { oldMode, newMode, oldId, newId, letter };
      entries.push({ ...ids, oldPath: isMoved ? first : null, path });
      continue;
    }
    const count = /^(\d+|-)\t(\d+|-)\t(.*)$/s.exec(word);
    if (count === null) continue;
    const [, additions, deletions, path] = count;
    // The two names of a moved file follow as separate words.
    if (path === '') for (let skipped = 0; skipped < 2; skipped += 1) next();
    counts.push({ additions: numberOf(additions), deletions: numberOf(deletions) });
  }
  return { entries, counts };
}

const numberOf = (text = '-'): number | null => (text === '-' ? null : Number(text));

const SUBMODULE = '160000';
const LINK = '120000';
const EXECUTABLE = '100755';

function toChangedFile(
  entry: RawEntry,
  counts: Counts | undefined,
  sizes: ReadonlyMap<string, number>,
): ChangedFile {
  const { oldId, newId, oldMode, newMode } = entry;
  const mode = entry.letter === 'D' ? oldMode : newMode;
  const kind = mode === SUBMODULE ? 'submodule' : mode === LINK ? 'link' : 'file';
  return {
    path: decodeFileName(entry.path),
    oldPath: entry.oldPath === null ? null : decodeFileName(entry.oldPath),
    status: statuses[entry.letter] ?? 'modified',
    kind,
    additions: counts?.additions ?? null,
    deletions: counts?.deletions ?? null,
    isBinary: kind === 'file' && (counts?.additions ?? null) === null,
    isExecutable: mode === EXECUTABLE,
    wasExecutable: oldMode === EXECUTABLE,
    hasSameContents: oldId === newId,
    oldId: contentId(oldId),
    newId: contentId(newId),
    oldSizeBytes: sizes.get(oldId) ?? null,
    newSizeBytes: sizes.get(newId) ?? null,
  };
}

const statuses: Readonly<Record<string, ChangedFile['status']>> = {
  A: 'added',
  M: 'modified',
  D: 'deleted',
  R: 'renamed',
  C: 'copied',
  T: 'type-changed',
};

const contentId = (id: string): string | null => (/^0+$/.test(id) ? null : id);

async function readSizes(git: Git, entries: readonly RawEntry[]): Promise<Map<string, number>> {
  const ids = new Set(
    entries.flatMap(({ oldId, newId, oldMode, newMode }) => [
      ...(oldMode === SUBMODULE ? [] : [oldId]),
      ...(newMode === SUBMODULE ? [] : [newId]),
    ]),
  );
  const input = [...ids].filter((id) => contentId(id) !== null).map((id) => `${id}\n`);
  if (input.length === 0) return new Map();
  const output = await git.run(['cat-file', '--batch-check=%(objectname) %(objectsize)'], {
    input: input.join(''),
    maxOutputCharacters: MAX_OUTPUT_CHARACTERS,
  });
  return new Map(
    output.split('\n').flatMap((line): [string, number][] => {
      const [id = '', size] = line.split(' ');
      return /^\d+$/.test(size ?? '') ? [[id, Number(size)]] : [];
    }),
  );
}
