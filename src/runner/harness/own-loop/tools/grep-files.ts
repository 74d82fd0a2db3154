import { z } from 'zod';
import { runGitInUserRepository } from '../../../../lib/git.ts';
import { count, defineTool, flag } from './define-tool.ts';
import { runProgram } from './run-program.ts';
import { done, type Tool, ToolError } from './tool.ts';
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

/** Searches with ripgrep if it is installed, otherwise with git. */
export const grepTool = (folder: WorkingFolder): Tool =>
  defineTool({
    name: 'grep',
    description:
      'Searches the contents of files with a regular expression and returns matching lines as `file:line:text`. Files that git ignores and binary files are omitted.',
    category: 'read',
    isReadOnly: true,
    input,
    permissionDetails: ({ path = '.' }) => ({ path }),
    run: async (request, { signal }) => {
      const { name } = await folder.toRead(request.path ?? '.');
      const result = await searchWithRipgrep(folder.path, request, name, signal);
      return resultOf(result ?? (await searchWithGit(folder.path, request, name, signal)));
    },
  });

type SearchResult = {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly isCut: boolean;
};

/** Null if ripgrep is not installed. */
async function searchWithRipgrep(
  cwd: string,
  request: Input,
  name: string,
  signal: AbortSignal,
): Promise<SearchResult | null> {
  const end = await runProgram({
    program: 'rg',
    args: [...ripgrepArgs(request), '--', name],
    cwd,
    signal,
    timeoutMs: TIMEOUT_MS,
    maxBytes: MAX_BYTES,
  });
  switch (end.kind) {
    case 'missing':
      return null;
    case 'timed-out':
      throw new ToolError(TOO_LONG);
    case 'aborted':
      throw new ToolError('The search was cancelled.');
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

/** If git has no support for Perl-compatible expressions, POSIX extended ones are used. */
async function searchWithGit(
  cwd: string,
  request: Input,
  name: string,
  signal: AbortSignal,
): Promise<SearchResult> {
  const search = async (regexFlag: string) => {
    const args = [...gitArgs(request, regexFlag), '--', pathspec(name, request.glob)];
    const options = { cwd, signal, timeoutMs: TIMEOUT_MS, maxOutputCharacters: MAX_BYTES };
    const { isTruncated = false, ...end } = await runGitInUserRepository(args, options);
    if (end.exitCode === 124 && !isTruncated) throw new ToolError(TOO_LONG);
    return { ...end, isCut: isTruncated };
  };
  const end = await search('--perl-regexp');
  const isWithoutPerl = /USE_LIBPCRE|Perl-compatible/.test(end.stderr);
  return isWithoutPerl ? search('--extended-regexp') : end;
}

const gitArgs = (
  { pattern, ignoreCase, filesOnly, context }: Input,
  regexFlag: string,
): readonly string[] => [
  'grep',
  // Includes untracked files, and works outside repositories.
  '--no-index',
  '--exclude-standard',
  '--no-color',
  '-I',
  '--line-number',
  regexFlag,
  ...(ignoreCase ? ['--ignore-case'] : []),
  ...(filesOnly ? ['--files-with-matches'] : []),
  ...(context === undefined ? [] : [`--context=${context}`]),
  '-e',
  pattern,
];

/** A git pathspec in which `*.ts` matches in every folder, as in ripgrep. */
function pathspec(name: string, glob: string | undefined): string {
  if (glob === undefined) return `:(literal)${name}`;
  const folder = name === '.' ? '' : `${name.replace(/[*?[\\]/g, '\\$&')}/`;
  return `:(glob)${folder}${glob.includes('/') ? glob.replace(/^\//, '') : `**/${glob}`}`;
}

function resultOf({ exitCode, stdout, stderr, isCut }: SearchResult) {
  if (exitCode > 1 && !isCut && stdout === '')
    throw new ToolError(`The search failed: ${stderr.trim().slice(0, 500)}`);
  const lines = stdout.split('\n').filter((line) => line !== '');
  const shown = lines
    .slice(0, MAX_LINES)
    .map((line) => line.replace(/^\.\//, '').slice(0, MAX_LINE_LENGTH));
  const isMore = isCut || lines.length > shown.length;
  const more = isMore ? ['(There are more matches. Use a narrower pattern or path.)'] : [];
  const text = shown.length === 0 ? 'Nothing matches.' : [...shown, ...more].join('\n');
  return done(text, { matches: shown, totalMatches: lines.length, isCut: isMore });
}
