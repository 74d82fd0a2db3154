import { type Result, toResult } from '../lib/expected-failure.ts';
import { type GitContext, type GitLocation, gitFailed, gitIn } from '../lib/git-client.ts';

export type PatchRequest = {
  readonly repository: GitLocation;
  readonly base: string;
  readonly head: string;
  readonly path: string;
  /** Of a file that was moved, so that it is compared with itself. */
  readonly oldPath?: string | null;
  readonly mostCharacters?: number;
  /** For `git apply`: with the content of binary files, and hardly any limit. */
  readonly isWhole?: boolean;
  readonly contextLines?: number;
};

export type Patch = {
  /** A unified diff of one file, as `git diff` writes it; empty if there is no difference. */
  readonly text: string;
  /** The rest is omitted. */
  readonly isCut: boolean;
};

const MOST_CHARACTERS = 500_000;
const MOST_OF_WHOLE = 64 * 1024 * 1024;
const CONTEXT_LINES = 3;

/** The difference of one file as a unified diff, of which no more than a bounded part is made. */
export const patchOf = (request: PatchRequest, context: GitContext = {}): Promise<Result<Patch>> =>
  toResult(async () => {
    const { base, head, path, oldPath, isWhole = false, contextLines = CONTEXT_LINES } = request;
    const { mostCharacters = isWhole ? MOST_OF_WHOLE : MOST_CHARACTERS } = request;
    const paths = [path, ...(oldPath === undefined || oldPath === null ? [] : [oldPath])];
    const args = [
      ...['diff-tree', '-r', '-p', '-M', '--no-ext-diff', '--no-textconv', '--no-color'],
      ...['--src-prefix=a/', '--dst-prefix=b/', `--unified=${contextLines}`, '--full-index'],
      ...(isWhole ? ['--binary'] : []),
      ...['--end-of-options', base, head, '--', ...pathspecs(paths)],
    ];
    const git = gitIn(request.repository, context);
    const outcome = await git.exec(args, { maxOutputCharacters: mostCharacters });
    if (outcome.isTruncated === true) return { text: wholeLines(outcome.stdout), isCut: true };
    if (outcome.exitCode !== 0) throw gitFailed(args, outcome);
    return { text: outcome.stdout, isCut: false };
  });

/** A path names everything below it too, where a folder became a file or the other way round. */
const pathspecs = (paths: readonly string[]): string[] =>
  paths.flatMap((path) => {
    const isAbove = paths.some((other) => other.startsWith(`${path}/`));
    const below = isAbove ? [] : [`:(exclude,top,literal)${path}/`];
    return [`:(top,literal)${path}`, ...below];
  });

const wholeLines = (text: string): string => text.slice(0, text.lastIndexOf('\n') + 1) || text;
