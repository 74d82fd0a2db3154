import { hasConflictMarkers } from '../lib/conflict-markers.ts';
import { type Result, toResult } from '../lib/expected-failure.ts';
import { decodeFileName, type GitContext, type GitLocation, gitIn } from '../lib/git-client.ts';

export type UnresolvedRequest = {
  readonly repository: GitLocation;
  readonly base: string;
  readonly head: string;
};

/** Further files are not checked, because the first ones are enough to act on. */
const MAX_FILES = 50;

/** Files with unresolved conflict markers that the work introduced. */
export const unresolvedFiles = (
  { repository, base, head }: UnresolvedRequest,
  context: GitContext = {},
): Promise<Result<readonly string[]>> =>
  toResult(async () => {
    const git = gitIn(repository, context);
    // Git reports every line that looks like a marker, even underlined headings in Markdown.
    const { stdout } = await git.exec(
      [
        ...['-c', 'core.whitespace=-blank-at-eol,-blank-at-eof,-space-before-tab'],
        ...['-c', 'core.quotePath=false'],
        ...['diff', '--check', '--no-color', '--no-ext-diff', '--no-renames'],
        ...['--end-of-options', base, head],
      ],
      { encoding: 'latin1' },
    );
    const candidates = new Set(
      stdout
        .split('\n')
        .flatMap((line) => /^(.+):\d+: leftover conflict marker/.exec(line)?.[1] ?? []),
    );
    const unresolved: string[] = [];
    for (const path of [...candidates].slice(0, MAX_FILES)) {
      const text = await git.query(['show', '--end-of-options', `${head}:${decodeFileName(path)}`]);
      if (text !== null && hasConflictMarkers(`${text}\n`)) unresolved.push(decodeFileName(path));
    }
    return unresolved;
  });
