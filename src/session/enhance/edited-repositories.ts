import type { Workflow } from '../../workflow/schema.ts';
import type { RepositoryTarget } from '../events.ts';
import type { SessionState } from '../state.ts';

/** The repository targets of a session after an edit of its workflow: existing targets stay, added ones are appended. */
export function repositoriesAfterEdit(
  { repositories, workflow }: Pick<SessionState, 'repositories' | 'workflow'>,
  edited: Workflow,
): readonly RepositoryTarget[] {
  const known = new Set([...repositories, ...workflow.settings.cloud.repos].map(({ url }) => url));
  const added = edited.settings.cloud.repos.filter(({ url }) => !known.has(url));
  return [
    ...repositories,
    ...added.map(({ url, startingRef }) =>
      startingRef === undefined ? { url } : { url, startingRef },
    ),
  ];
}
