import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Git, type GitContext, gitIn, gitMessage } from '../../lib/git-client.ts';

type Submodule = { readonly name: string; readonly path: string };

/** Repositories inside repositories inside repositories end somewhere, or are a circle. */
const DEEPEST = 5;

/**
 * Fills the submodules of a fresh worktree from the copies that the person's repository has of them: without the
 * network, and with commits that were never pushed. One that is not there is told, and left empty.
 */
export async function fillSubmodules(
  worktree: string,
  /** Git directories of the person in which `modules/<name>` may lie. */
  sources: readonly string[],
  context: GitContext,
  depth = 0,
): Promise<readonly string[]> {
  const git = gitIn({ owner: 'user', folder: worktree }, context);
  const notices: string[] = [];
  for (const submodule of await submodulesOf(git, worktree)) {
    const source = sources.map((each) => join(each, 'modules', submodule.name)).find(existsSync);
    if (source === undefined) {
      notices.push(
        `The submodule ${submodule.path} is not initialized in your folder, so it is empty here too.`,
      );
      continue;
    }
    const problem = await fill(git, submodule, source);
    if (problem !== null) {
      notices.push(`The submodule ${submodule.path} could not be checked out: ${problem}`);
    } else if (depth < DEEPEST) {
      const inside = join(worktree, submodule.path);
      notices.push(...(await fillSubmodules(inside, [source], context, depth + 1)));
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
  const found = (listed ?? '').split('\0').flatMap((entry): Submodule[] => {
    const [key = '', path = ''] = entry.split('\n');
    const name = /^submodule\.(.+)\.path$/.exec(key)?.[1];
    // The file comes with the repository: a name that climbs out of `modules` is not followed.
    const isHarmless = name !== undefined && !name.split(/[\\/]/).includes('..');
    return isHarmless ? [{ name, path }] : [];
  });
  const known = await Promise.all(
    found.map(({ path }) => git.query(['ls-files', '--stage', '--', `:(literal)${path}`])),
  );
  return found.filter((_, index) => known[index]?.startsWith('160000 '));
}

/** Returns what went wrong, or null. */
async function fill(git: Git, { name, path }: Submodule, source: string): Promise<string | null> {
  const outcome = await git.exec(
    [
      // Both for this command alone: nothing is written into the settings of the repository.
      ...['-c', `submodule.${name}.url=${source}`, '-c', 'protocol.file.allow=always'],
      ...['-c', `submodule.${name}.update=checkout`],
      ...['submodule', 'update', '--quiet', '--checkout', '--', `:(literal)${path}`],
    ],
    { variables: { GIT_ALLOW_PROTOCOL: 'file', GIT_TEMPLATE_DIR: '' } },
  );
  if (outcome.exitCode !== 0) return gitMessage(outcome);
  const theirs = gitIn({ owner: 'cerevisor', folder: source });
  const address = await theirs.query(['config', '--get', 'remote.origin.url']);
  if (address !== null && git.location.owner === 'user') {
    const inside = gitIn({ owner: 'user', folder: join(git.location.folder, path) });
    await inside.query(['remote', 'set-url', 'origin', address]);
  }
  return null;
}
