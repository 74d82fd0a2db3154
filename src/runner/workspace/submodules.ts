import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Git, type GitContext, gitIn, gitMessage } from '../../lib/git-client.ts';

type Submodule = { readonly name: string; readonly path: string };

/** A limit for nested submodules, in case they form a cycle. */
const MAX_DEPTH = 5;

/**
 * Fills the submodules of a new worktree from the copies in the user's repository: without the network, and including
 * unpushed commits. Submodules that are not initialized there are reported and left empty.
 */
export async function fillSubmodules(
  worktree: string,
  /** Git directories of the user that may contain `modules/<name>`. */
  sources: readonly string[],
  gitContext: GitContext,
  depth = 0,
): Promise<readonly string[]> {
  const git = gitIn({ owner: 'user', folder: worktree }, gitContext);
  const notices: string[] = [];
  for (const submodule of await submodulesOf(git, worktree)) {
    const source = sources
      .map((folder) => join(folder, 'modules', submodule.name))
      .find(existsSync);
    if (source === undefined) {
      notices.push(
        `The submodule ${submodule.path} is not initialized in your folder, so it is empty here too.`,
      );
      continue;
    }
    const problem = await fill(git, submodule, source);
    if (problem !== null) {
      notices.push(`The submodule ${submodule.path} could not be checked out: ${problem}`);
    } else if (depth < MAX_DEPTH) {
      const inside = join(worktree, submodule.path);
      notices.push(...(await fillSubmodules(inside, [source], gitContext, depth + 1)));
    }
  }
  return notices;
}

async function submodulesOf(git: Git, worktree: string): Promise<Submodule[]> {
  if (!existsSync(join(worktree, '.gitmodules'))) return [];
  const listed = await git.query([
    'config',
    '--file',
    '.gitmodules',
    '-z',
    '--get-regexp',
    '^submodule\\..*\\.path$',
  ]);
  const submodules = (listed ?? '').split('\0').flatMap((entry): Submodule[] => {
    const [key = '', path = ''] = entry.split('\n');
    const name = /^submodule\.(.+)\.path$/.exec(key)?.[1];
    // `.gitmodules` is untrusted: a name that leads out of `modules` is ignored.
    const isSafe = name !== undefined && !name.split(/[\\/]/).includes('..');
    return isSafe ? [{ name, path }] : [];
  });
  const indexEntries = await Promise.all(
    submodules.map(({ path }) => git.query(['ls-files', '--stage', '--', `:(literal)${path}`])),
  );
  return submodules.filter((_, index) => indexEntries[index]?.startsWith('160000 '));
}

/** Returns an error message, or null. */
async function fill(git: Git, { name, path }: Submodule, source: string): Promise<string | null> {
  const outcome = await git.exec(
    [
      // For this command only: the repository's configuration is not changed.
      ...['-c', `submodule.${name}.url=${source}`, '-c', 'protocol.file.allow=always'],
      ...['-c', `submodule.${name}.update=checkout`],
      ...['submodule', 'update', '--quiet', '--checkout', '--', `:(literal)${path}`],
    ],
    { variables: { GIT_ALLOW_PROTOCOL: 'file', GIT_TEMPLATE_DIR: '' } },
  );
  if (outcome.exitCode !== 0) return gitMessage(outcome);
  const sourceGit = gitIn({ owner: 'cerevisor', folder: source });
  const address = await sourceGit.query(['config', '--get', 'remote.origin.url']);
  if (address !== null && git.location.owner === 'user') {
    const inside = gitIn({ owner: 'user', folder: join(git.location.folder, path) });
    await inside.query(['remote', 'set-url', 'origin', address]);
  }
  return null;
}
