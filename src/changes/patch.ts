import { type Result, toResult } from '../lib/expected-failure.ts';
import { type GitContext, type GitLocation, gitFailed, gitIn } from '../lib/git-client.ts';

export type PatchRequest = {
  readonly repository: GitLocation;
  readonly base: string;
  readonly head: string;
  readonly path: string;
  /** The previous path of a moved file, to compare it with itself. */
  readonly oldPath?: string | null;
  readonly maxCharacters?: number;
  /** For `git apply`: with the content of binary files, and a much higher limit. */
  readonly isWhole?: boolean;
  readonly contextLines?: number;
};

export type Patch = {
  /** A unified diff of one file, as `git diff` writes it; empty if there is no difference. */
  readonly text: string;
  /** Whether the rest was omitted. */
  readonly isCut: boolean;
};

const MAX_CHARACTERS = 500_000;
const MAX_WHOLE_CHARACTERS = 64 * 1024 * 1024;
const CONTEXT_LINES = 3;

/** The unified diff of one file, limited in size. */
export const readPatch = (
  request: PatchRequest,
  context: GitContext = {},
): Promise<Result<Patch>> =>
  toResult(async () => {
    const { base, head, path, oldPath, isWhole = false, contextLines = CONTEXT_LINES } = request;
    const { maxCharacters = isWhole ? MAX_WHOLE_CHARACTERS : MAX_CHARACTERS } = request;
    const paths = [path, ...(oldPath === undefined || oldPath === null ? [] : [oldPath])];
    const args = [
      ...['diff-tree', '-r', '-p', '-M', '--no-ext-diff', '--no-textconv', '--no-color'],
      ...['--src-prefix=a/', '--dst-prefix=b/', `--unified=${contextLines}`, '--full-index'],
      ...(isWhole ? ['--binary'] : []),
      ...['--end-of-options', base, head, '--', ...pathspecs(paths)],
    ];
    const git = gitIn(request.repository, context);
    const outcome = await git.exec(args, { maxOutputCharacters: maxCharacters });
    if (outcome.isTruncated === true) return { text: wholeLines(outcome.stdout), isCut: true };
    if (outcome.exitCode !== 0) throw gitFailed(args, outcome);
    return { text: outcome.stdout, isCut: false };
  });

/** A pathspec also matches everything below it, which is excluded in case a folder became a file or vice versa. */
const pathspecs = (paths: readonly string[]): string[] =>
  paths.flatMap((path) => {
    const isAbove = paths.some((other) => other.startsWith(`${path}/`));
    const below = isAbove ? [] : [`:(exclude,top,literal)${path}/`];
    return [`:(top,literal)${path}`, ...below];
  });

const wholeLines = (text: string): string => text.slice(0, text.lastIndexOf('\n') + 1) || text;
