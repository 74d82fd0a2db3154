import { z } from 'zod';
import { runGitInUserRepository } from '../../../../lib/git.ts';
import { count, defineTool, flag } from './define-tool.ts';
import { done, type OwnTool, ToolProblem } from './own-tool.ts';
import { runProgram } from './run-program.ts';
import type { WorkingFolder } from './working-folder.ts';

const TIMEOUT_MS = 60_000;
const MAX_LINES = 200;
const MAX_LINE_LENGTH = 500;
const MAX_BYTES = 2 * 1024 * 1024;
const TOO_LONG = 'The search took too long. Search a smaller part.';

const input = z.object({
  pattern: z.string().min(1).describe('A regular expression'),
  path: z.string().min(1).optional().describe('A file or folder; the working folder by default'),
  glob: z.string().min(1).optional().describe('Only files that match, such as `*.ts`'),
  ignoreCase: flag('Ignore case'),
  filesOnly: flag('Return only file names, without matching lines'),
  context: count('How many lines to show before and after each match').refine(
    (lines) => (lines ?? 0) <= 20,
    'at most 20 lines',
  ),
});
type Input = z.output<typeof input>;

/** Searches with ripgrep where it is installed, otherwise with git, which is everywhere where we are. */
export const grepTool = (folder: WorkingFolder): OwnTool =>
  defineTool({
    name: 'grep',
    description:
      'Searches the contents of files with a regular expression and returns matching lines as `file:line:text`. Files that git ignores and binary files are omitted.',
    category: 'read',
    isReadOnly: true,
    input,
    question: ({ path = '.' }) => ({ path }),
    run: async (asked, { signal }) => {
      const { name } = await folder.toRead(asked.path ?? '.');
      const found = await searchWithRipgrep(folder.path, asked, name, signal);
      return resultOf(found ?? (await searchWithGit(folder.path, asked, name, signal)));
    },
  });

type Found = {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly isCut: boolean;
};

/** Null if it is not installed. */
async function searchWithRipgrep(
  cwd: string,
  asked: Input,
  name: string,
  signal: AbortSignal,
): Promise<Found | null> {
  const end = await runProgram({
    program: 'rg',
    args: [...ripgrepArgs(asked), '--', name],
    cwd,
    signal,
    timeoutMs: TIMEOUT_MS,
    maxBytes: MAX_BYTES,
  });
  switch (end.kind) {
    case 'missing':
      return null;
    case 'timed-out':
      throw new ToolProblem(TOO_LONG);
    case 'aborted':
      throw new ToolProblem('The search was cancelled.');
    case 'ended':
      return end;
    default:
      return end satisfies never;
  }
}

const ripgrepArgs = ({ pattern, glob, ignoreCase, filesOnly, context }: Input) => [
  '--color=never',
  '--no-heading',
  '--line-number',
  '--with-filename',
  '--hidden',
  '--glob=!.git',
  '--sort=path',
  `--max-columns=${MAX_LINE_LENGTH}`,
  '--max-columns-preview',
  ...(glob === undefined ? [] : [`--glob=${glob}`]),
  ...(ignoreCase ? ['--ignore-case'] : []),
  ...(filesOnly ? ['--files-with-matches'] : []),
  ...(context === undefined ? [] : [`--context=${context}`]),
  '-e',
  pattern,
];

/** Git without Perl's expressions says so; POSIX's own do for most patterns. */
async function searchWithGit(
  cwd: string,
  asked: Input,
  name: string,
  signal: AbortSignal,
): Promise<Found> {
  const search = async (dialect: string) => {
    const args = [...gitArgs(asked, dialect), '--', pathspec(name, asked.glob)];
    const options = { cwd, signal, timeoutMs: TIMEOUT_MS, maxOutputCharacters: MAX_BYTES };
    const { isTruncated = false, ...end } = await runGitInUserRepository(args, options);
    if (end.exitCode === 124 && !isTruncated) throw new ToolProblem(TOO_LONG);
    return { ...end, isCut: isTruncated };
  };
  const end = await search('--perl-regexp');
  const isWithoutPerl = /USE_LIBPCRE|Perl-compatible/.test(end.stderr);
  return isWithoutPerl ? search('--extended-regexp') : end;
}

const gitArgs = (
  { pattern, ignoreCase, filesOnly, context }: Input,
  dialect: string,
): readonly string[] => [
  'grep',
  // Untracked files too, and also where there is no repository.
  '--no-index',
  '--exclude-standard',
  '--no-color',
  '-I',
  '--line-number',
  dialect,
  ...(ignoreCase ? ['--ignore-case'] : []),
  ...(filesOnly ? ['--files-with-matches'] : []),
  ...(context === undefined ? [] : [`--context=${context}`]),
  '-e',
  pattern,
];

/** Git's way to name files: `*.ts` means those in every folder, as it does for ripgrep. */
function pathspec(name: string, glob: string | undefined): string {
  if (glob === undefined) return `:(literal)${name}`;
  const folder = name === '.' ? '' : `${name.replace(/[*?[\\]/g, '\\$&')}/`;
  return `:(glob)${folder}${glob.includes('/') ? glob.replace(/^\//, '') : `**/${glob}`}`;
}

function resultOf({ exitCode, stdout, stderr, isCut }: Found) {
  if (exitCode > 1 && !isCut && stdout === '')
    throw new ToolProblem(`The search failed: ${stderr.trim().slice(0, 500)}`);
  const lines = stdout.split('\n').filter((line) => line !== '');
  const shown = lines
    .slice(0, MAX_LINES)
    .map((line) => line.replace(/^\.\//, '').slice(0, MAX_LINE_LENGTH));
  const isMore = isCut || lines.length > shown.length;
  const more = isMore ? ['(There are more matches. Use a narrower pattern or path.)'] : [];
  const text = shown.length === 0 ? 'Nothing matches.' : [...shown, ...more].join('\n');
  return done(text, { matches: shown, totalMatches: lines.length, isCut: isMore });
}
