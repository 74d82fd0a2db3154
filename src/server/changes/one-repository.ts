import type { Outcome } from '../../engine/api.ts';
import { listOf } from '../../lib/format.ts';
import type { AgentState, SessionState } from '../../session/state.ts';
import { repositoryKey } from '../../workflow/repository-url.ts';
import { refused } from '../failure.ts';
import { type RepositoryWork, workIn } from './work.ts';

/** The repository that is meant, where agents of a session worked in several. `choose` says what to do to name one. */
export function oneRepository(
  state: SessionState,
  only: AgentState | null,
  repoUrl: string | undefined,
  choose: (state: SessionState, all: readonly RepositoryWork[]) => string,
): Outcome<RepositoryWork> {
  const all = workIn(state, only);
  const key = repoUrl === undefined ? null : repositoryKey(repoUrl);
  const fitting = all.filter((one) => key === null || repositoryKey(one.repoUrl) === key);
  const [first] = fitting;
  if (first === undefined && repoUrl !== undefined && all.length > 0)
    return refused(
      'repository_unclear',
      `No agent has left changes in ${repoUrl}, but ${placesOf(all)}.`,
      choose(state, all),
    );
  if (first === undefined) return noChanges();
  // What came from this machine and was pushed for the cloud is there under both names; the newest work is in the cloud.
  if (fitting.length === 1) return { ok: true, value: first };
  return refused(
    'repository_unclear',
    `The session worked in several places: ${placesOf(fitting)}.`,
    choose(state, fitting),
  );
}

const placesOf = (all: readonly RepositoryWork[]): string =>
  listOf(all.map(({ repoUrl, work }) => `${listOf(work.map(({ name }) => name))} in ${repoUrl}`));

export const noChanges = () =>
  refused('no_changes', 'No agent has left changes here.', 'Try again when an agent has finished.');

/** The first files of many. */
export const namesOf = (conflicts: readonly { readonly path: string }[]): string => {
  const names = conflicts.slice(0, 10).map(({ path }) => path);
  const more = conflicts.length > 10 ? ` and ${conflicts.length - 10} more` : '';
  return `${names.join(', ')}${more}`;
};
