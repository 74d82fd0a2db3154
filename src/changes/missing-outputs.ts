import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { type Result, toResult } from '../lib/expected-failure.ts';
import { type GitContext, type GitLocation, gitIn } from '../lib/git-client.ts';

export type OutputsRequest = {
  readonly repository: GitLocation;
  readonly commit: string;
  /** As the workflow declares them: files or folders, `*` and `**` allowed, from the folder of the workflow. */
  readonly outputs: readonly string[];
  /** The path from the top of the repository to that folder. */
  readonly inside?: string;
  /** The working folder, if it is still there: an output that git ignores is in no commit. */
  readonly cwd?: string;
};

const MOST_NAMES_CHARACTERS = 128 * 1024 * 1024;

/** Which declared outputs an agent has not made. */
export const missingOutputs = (
  request: OutputsRequest,
  context: GitContext = {},
): Promise<Result<readonly string[]>> =>
  toResult(async () => {
    const { commit, outputs, inside = '', cwd } = request;
    if (outputs.length === 0) return [];
    const git = gitIn(request.repository, context);
    const listed = await git.run(['ls-tree', '-r', '-z', '--name-only', '--full-tree', commit], {
      maxOutputCharacters: MOST_NAMES_CHARACTERS,
    });
    const names = listed.split('\0').filter((name) => name !== '');
    return outputs.filter((output) => {
      const path = posix.normalize(posix.join(inside, output.replaceAll('\\', '/')));
      const folder = `${path.replace(/\/+$/, '')}/`;
      const isThere = names.some(
        (name) => name === path || name.startsWith(folder) || posix.matchesGlob(name, path),
      );
      return !isThere && (cwd === undefined || !existsSync(join(cwd, output)));
    });
  });
