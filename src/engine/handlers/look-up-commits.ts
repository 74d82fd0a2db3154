import type { SessionState } from '../../session/state.ts';
import { repositoryKey } from '../../workflow/repository-url.ts';
import type { EngineContext } from '../context.ts';

export type RefOfRepository = { readonly repoUrl: string; readonly ref: string | null };

/**
 * The commit of each ref, in the order of `wanted`; null if it is unknown. Each repository is asked once, and only
 * those that the session itself names, under the address that it has there: a report of Cursor's must not make this
 * machine contact a host of its choice.
 */
export async function lookUpCommitsOf(
  { lookUpCommits }: Pick<EngineContext, 'lookUpCommits'>,
  { repositories }: Pick<SessionState, 'repositories'>,
  wanted: readonly RefOfRepository[],
  signal: AbortSignal,
): Promise<readonly (string | null)[]> {
  const keys = wanted.map(({ repoUrl }) => repositoryKey(repoUrl));
  const commits = new Map(
    await Promise.all(
      repositories.map(async ({ url }) => {
        const key = repositoryKey(url);
        const refs = wanted.filter((_, index) => keys[index] === key).map(({ ref }) => ref);
        const found = refs.length === 0 ? new Map() : await lookUpCommits(url, refs, signal);
        return [key, found] as const;
      }),
    ),
  );
  return wanted.map(({ ref }, index) => commits.get(keys[index] ?? '')?.get(ref) ?? null);
}
