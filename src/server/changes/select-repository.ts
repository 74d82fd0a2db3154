import type { Outcome } from '../../engine/api.ts';
import { listOf } from '../../lib/format.ts';
import type { AgentState, SessionState } from '../../session/state.ts';
import { repositoryKey } from '../../workflow/repository-url.ts';
import { failed } from '../failure.ts';
import { collectWork, type RepositoryWork } from './work.ts';

/** Selects the repository that a request refers to. If there are several, the error contains the advice of `choose`. */
export function selectRepository(
  state: SessionState,
  only: AgentState | null,
  repoUrl: string | undefined,
  choose: (state: SessionState, all: readonly RepositoryWork[]) => string,
): Outcome<RepositoryWork> {
  const all = collectWork(state, only);
  const key = repoUrl === undefined ? null : repositoryKey(repoUrl);
  const matching = all.filter((one) => key === null || repositoryKey(one.repoUrl) === key);
  const [first] = matching;
  if (first === undefined && repoUrl !== undefined && all.length > 0)
    return failed(
      'repository_unclear',
      `No agent has left changes in ${repoUrl}, but ${describeWork(all)}.`,
      choose(state, all),
    );
  if (first === undefined) return noChanges();
  if (matching.length === 1) return { ok: true, value: first };
  return failed(
    'repository_unclear',
    `The session worked in several places: ${describeWork(matching)}.`,
    choose(state, matching),
  );
}

const describeWork = (all: readonly RepositoryWork[]): string =>
  listOf(all.map(({ repoUrl, work }) => `${listOf(work.map(({ name }) => name))} in ${repoUrl}`));

export const noChanges = () =>
  failed('no_changes', 'No agent has left changes here.', 'Try again when an agent has finished.');

/** The paths of the first ten files, and the number of the others. */
export const formatPaths = (conflicts: readonly { readonly path: string }[]): string => {
  const names = conflicts.slice(0, 10).map(({ path }) => path);
  const more = conflicts.length > 10 ? ` and ${conflicts.length - 10} more` : '';
  return `${names.join(', ')}${more}`;
};
