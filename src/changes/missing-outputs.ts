import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { type Result, toResult } from '../lib/expected-failure.ts';
import { type GitContext, type GitLocation, gitIn } from '../lib/git-client.ts';

export type OutputsRequest = {
  readonly repository: GitLocation;
  readonly commit: string;
  /** As declared in the workflow: files or folders relative to the workflow's folder, with `*` and `**`. */
  readonly outputs: readonly string[];
  /** The path of that folder in the repository. */
  readonly inside?: string;
  /** The working folder, if it still exists, because outputs that git ignores are in no commit. */
  readonly cwd?: string;
};

const MAX_OUTPUT_CHARACTERS = 128 * 1024 * 1024;

/** The declared outputs that an agent has not created. */
export const missingOutputs = (
  request: OutputsRequest,
  context: GitContext = {},
): Promise<Result<readonly string[]>> =>
  toResult(async () => {
    const { commit, outputs, inside = '', cwd } = request;
    if (outputs.length === 0) return [];
    const git = gitIn(request.repository, context);
    const listed = await git.run(['ls-tree', '-r', '-z', '--name-only', '--full-tree', commit], {
      maxOutputCharacters: MAX_OUTPUT_CHARACTERS,
    });
    const names = listed.split('\0').filter((name) => name !== '');
    return outputs.filter((output) => {
      const path = posix.normalize(posix.join(inside, output.replaceAll('\\', '/')));
      const folder = `${path.replace(/\/+$/, '')}/`;
      const isCommitted = names.some(
        (name) => name === path || name.startsWith(folder) || posix.matchesGlob(name, path),
      );
      return !isCommitted && (cwd === undefined || !existsSync(join(cwd, output)));
    });
  });
