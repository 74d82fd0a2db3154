import { hasConflictMarkers } from '../lib/conflict-markers.ts';
import { type Result, toResult } from '../lib/expected-failure.ts';
import { decodeFileName, type GitContext, type GitLocation, gitIn } from '../lib/git-client.ts';

export type UnresolvedRequest = {
  readonly repository: GitLocation;
  readonly base: string;
  readonly head: string;
};

/** More are not looked at: someone who reads the first ones has enough to do. */
const MOST_FILES = 50;

/** Files into which the work brought conflict markers that nobody resolved. */
export const unresolvedFiles = (
  { repository, base, head }: UnresolvedRequest,
  context: GitContext = {},
): Promise<Result<readonly string[]>> =>
  toResult(async () => {
    const git = gitIn(repository, context);
    // Git names every line that looks like a marker, also a heading in Markdown that is underlined with seven signs.
    const { stdout } = await git.exec(
      [
        ...['-c', 'core.whitespace=-blank-at-eol,-blank-at-eof,-space-before-tab'],
        ...['-c', 'core.quotePath=false'],
        ...['diff', '--check', '--no-color', '--no-ext-diff', '--no-renames'],
        ...['--end-of-options', base, head],
      ],
      { encoding: 'latin1' },
    );
    const suspected = new Set(
      stdout
        .split('\n')
        .flatMap((line) => /^(.+):\d+: leftover conflict marker/.exec(line)?.[1] ?? []),
    );
    const found: string[] = [];
    for (const path of [...suspected].slice(0, MOST_FILES)) {
      const text = await git.query(['show', '--end-of-options', `${head}:${decodeFileName(path)}`]);
      if (text !== null && hasConflictMarkers(`${text}\n`)) found.push(decodeFileName(path));
    }
    return found;
  });
