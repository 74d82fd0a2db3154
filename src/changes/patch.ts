import { type Answer, settle } from '../lib/expected-failure.ts';
import { type GitContext, type GitPlace, gitFailed, gitIn } from '../lib/git-place.ts';

export type PatchRequest = {
  readonly repository: GitPlace;
  readonly base: string;
  readonly head: string;
  readonly path: string;
  /** Of a file that was moved, so that it is compared with itself. */
  readonly oldPath?: string | null;
  readonly mostCharacters?: number;
  readonly contextLines?: number;
};

export type Patch = {
  /** A unified diff of one file, as `git diff` writes it; empty if there is no difference. */
  readonly text: string;
  /** The rest is omitted. */
  readonly isCut: boolean;
};

const MOST_CHARACTERS = 500_000;
const CONTEXT_LINES = 3;

/** The difference of one file as a unified diff, of which no more than a bounded part is made. */
export const patchOf = (request: PatchRequest, context: GitContext = {}): Promise<Answer<Patch>> =>
  settle(async () => {
    const { base, head, path, oldPath } = request;
    const { mostCharacters = MOST_CHARACTERS, contextLines = CONTEXT_LINES } = request;
    const paths = [path, ...(oldPath === undefined || oldPath === null ? [] : [oldPath])];
    const args = [
      ...['diff-tree', '-r', '-p', '-M', '--no-ext-diff', '--no-textconv', '--no-color'],
      ...['--src-prefix=a/', '--dst-prefix=b/', `--unified=${contextLines}`, '--full-index'],
      ...['--end-of-options', base, head, '--', ...paths.map((each) => `:(top,literal)${each}`)],
    ];
    const git = gitIn(request.repository, context);
    const outcome = await git.outcome(args, { mostOutputCharacters: mostCharacters });
    if (outcome.isCut === true) return { text: wholeLines(outcome.stdout), isCut: true };
    if (outcome.exitCode !== 0) throw gitFailed(args, outcome);
    return { text: outcome.stdout, isCut: false };
  });

const wholeLines = (text: string): string => text.slice(0, text.lastIndexOf('\n') + 1) || text;
