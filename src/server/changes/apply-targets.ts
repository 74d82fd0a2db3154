import { isAbsolute } from 'node:path';
import { type Clone, findClone } from '../../changes/clone.ts';
import type { Failure } from '../../lib/expected-failure.ts';
import { shortId } from '../../lib/format.ts';
import { shellWord } from '../../lib/shell-word.ts';
import type { AgentState, SessionState } from '../../session/state.ts';
import { repositoryKey } from '../../workflow/repository-url.ts';
import { type Comparison, type ComparisonContext, compareInFolder } from './comparison.ts';
import { collectWork, type RepositoryWork } from './work.ts';

/** A folder of the user, and all work that belongs to it. */
export type ApplyTarget = {
  /** The top folder of the working tree. */
  readonly folder: string;
  readonly parts: readonly { readonly work: RepositoryWork; readonly comparison: Comparison }[];
};

export type ApplyTargets = {
  readonly targets: readonly ApplyTarget[];
  /** Work whose folder is not known, or that cannot be compared. */
  readonly skipped: readonly { readonly work: RepositoryWork; readonly failure: Failure }[];
};

export type TargetOptions = {
  /** If set, changes are applied only to this folder. */
  readonly folder?: string;
  /** Folders that may be clones of the repositories that cloud agents worked on. */
  readonly clones: readonly string[];
};

/**
 * Finds the folder to which each agent's work should be applied. Local work belongs to the folder in which the agents
 * started; cloud work belongs to a clone of its repository, if one is known.
 */
export async function findApplyTargets(
  context: ComparisonContext,
  state: SessionState,
  only: AgentState | null,
  wanted: TargetOptions,
): Promise<ApplyTargets> {
  const all = collectWork(state, only);
  const clones = await candidateClones(all, state, wanted);
  const found = new Map<string, ApplyTarget['parts'][number][]>();
  const skipped: ApplyTargets['skipped'][number][] = [];
  for (const work of all) {
    const clone =
      (await cloneFor(context, clones, work)) ?? (await movedTo(clones, work, wanted.folder));
    if (clone === undefined) {
      skipped.push({ work, failure: withoutFolder(state, work, wanted.folder) });
      continue;
    }
    const compared = await compareInFolder(context, work, only === null, clone.top);
    if (!compared.ok) skipped.push({ work, failure: compared.error });
    else
      found.set(clone.top, [...(found.get(clone.top) ?? []), { work, comparison: compared.value }]);
  }
  return { targets: [...found].map(([folder, parts]) => ({ folder, parts })), skipped };
}

/** The folder that work belongs to by default; null for cloud work without a known clone. */
export async function defaultFolder(
  context: ComparisonContext,
  state: SessionState,
  work: RepositoryWork,
): Promise<string | null> {
  if (work.place === 'local') return work.repoUrl;
  const clones = await candidateClones(collectWork(state, null), state, { clones: [] });
  return (await cloneFor(context, clones, work))?.top ?? null;
}

/** Working trees that the work may belong to, the likeliest first. */
async function candidateClones(
  all: readonly RepositoryWork[],
  state: SessionState,
  { folder, clones }: TargetOptions,
): Promise<readonly Clone[]> {
  const own = all.flatMap(({ place, repoUrl }) => (place === 'local' ? [repoUrl] : []));
  const session = state.local === null ? [] : [state.local.folder];
  const names = folder === undefined ? [...own, ...session, ...clones] : [folder];
  const found: Clone[] = [];
  for (const name of new Set(names.filter(isAbsolute))) {
    const clone = await findClone(name);
    if (clone !== null) found.push(clone);
  }
  return found;
}

/** The clone that a repository's work belongs to. The rehearsal cloud may work on the local repository itself. */
async function cloneFor(
  { reachableAddress }: ComparisonContext,
  clones: readonly Clone[],
  { place, repoUrl }: RepositoryWork,
): Promise<Clone | undefined> {
  // Git may use a different address for the repository, which is then the address of the remote.
  const address = place === 'cloud' && clones.length > 0 ? await reachableAddress(repoUrl) : null;
  const keys = new Set([repoUrl, ...(address === null ? [] : [address])].map(repositoryKey));
  return clones.find(({ top, remotes }) => {
    const addresses = place === 'local' ? [top] : [top, ...remotes];
    return addresses.some((address) => keys.has(repositoryKey(address)));
  });
}

/** If the agents' repository no longer exists, the folder that the user names may be its new location. */
async function movedTo(
  clones: readonly Clone[],
  { place, repoUrl }: RepositoryWork,
  named: string | undefined,
): Promise<Clone | undefined> {
  const mayBeMoved = place === 'local' && named !== undefined;
  return mayBeMoved && (await findClone(repoUrl)) === null ? clones[0] : undefined;
}

function withoutFolder(
  { id }: SessionState,
  { place, repoUrl }: RepositoryWork,
  folder: string | undefined,
): Failure {
  const command = `cerevisor apply ${shortId(id)} --repo ${shellWord(repoUrl)}`;
  if (folder !== undefined)
    return {
      code: 'folder_unnamed',
      message: `${folder} is ${place === 'local' ? 'a different folder' : 'not a clone of it'}.`,
      suggestion: `To apply it elsewhere: \`${command}${place === 'local' ? '' : ' --folder DIR'}\``,
    };
  if (place === 'local')
    return {
      code: 'folder_without_git',
      message: `${repoUrl} no longer exists, or is not a git working tree.`,
      suggestion: `To apply it to a clone: \`${command} --folder DIR\``,
    };
  return {
    code: 'folder_unnamed',
    message: 'No clone of it on this machine is known.',
    suggestion: `To apply it to a clone: \`${command} --folder DIR\``,
  };
}
