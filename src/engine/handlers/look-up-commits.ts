import type { SessionState } from '../../session/state.ts';
import { repositoryKey } from '../../workflow/repository-url.ts';
import type { EngineContext } from '../context.ts';

export type RefOfRepository = { readonly repoUrl: string; readonly ref: string | null };

/**
 * The commit of each ref, in the same order; null if unknown. Only repositories of the session are contacted, once each and
 * at the session's own address, so that a response from Cursor cannot make this machine contact another host.
 */
export async function lookUpCommitsOf(
  { lookUpCommits }: Pick<EngineContext, 'lookUpCommits'>,
  { repositories }: Pick<SessionState, 'repositories'>,
  refs: readonly RefOfRepository[],
  signal: AbortSignal,
): Promise<readonly (string | null)[]> {
  const keys = refs.map(({ repoUrl }) => repositoryKey(repoUrl));
  const commits = new Map(
    await Promise.all(
      repositories.map(async ({ url }) => {
        const key = repositoryKey(url);
        const names = refs.filter((_, index) => keys[index] === key).map(({ ref }) => ref);
        const known = names.length === 0 ? new Map() : await lookUpCommits(url, names, signal);
        return [key, known] as const;
      }),
    ),
  );
  return refs.map(({ ref }, index) => commits.get(keys[index] ?? '')?.get(ref) ?? null);
}
