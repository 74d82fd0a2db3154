import type { CommitLookup } from '../../engine/context.ts';
import { gitCommits } from '../../engine/git-commits.ts';
import type { Journal } from '../../journal/types.ts';
import type { SessionState } from '../../session/state.ts';
import { environmentForChildren } from '../../settings/child-environment.ts';
import { SAMPLE_SHOP_URL, sampleShopPath } from './sample-shop.ts';

const MOST_SESSIONS = 200;

/** Asks git for commits. In rehearsal the sample repository lies on this machine, whatever its address says. */
export function commitLookup(
  home: string,
  journal: Journal,
  isRehearsal: () => boolean,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): CommitLookup {
  const look = gitCommits(() => repositoriesOf(journal), environmentForChildren(environment));
  const sample = SAMPLE_SHOP_URL.replace('https://', '');
  return (repoUrl, ref, signal) => {
    const isSample = isRehearsal() && repoUrl.replace(/^https:\/\//, '') === sample;
    return look(isSample ? sampleShopPath(home) : repoUrl, ref, signal);
  };
}

/** Repositories of the sessions that are going on, as people wrote them. */
function repositoriesOf(journal: Journal): readonly string[] {
  const query = { includeDismissed: true, includeLocal: true, isSettled: false } as const;
  const { rows } = journal.sessions({ ...query, limit: MOST_SESSIONS });
  // The journal's projection is `evolve`: its states are SessionStates.
  return rows.flatMap(({ state }) => (state as SessionState).repositories.map(({ url }) => url));
}
