import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { AgentView } from '../../contract/agent-views.ts';
import type { ChangedFileView, RepositoryChanges } from '../../contract/changes.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { api } from '../kernel/api.ts';

/** The agent, or the whole session, whose changes are shown. */
export type Subject = { readonly session: SessionDetail; readonly agent: AgentView | null };

/**
 * Changes whenever a branch has moved or an agent has ended. Not with every event, because each comparison fetches the
 * branches.
 */
const changesVersion = ({ session, agent }: Subject): string =>
  JSON.stringify(
    (agent === null ? session.agents : [agent]).map(({ id, attempt, status, branches }) => [
      id,
      attempt,
      status,
      branches.map(({ branch, commit }) => [branch, commit]),
    ]),
  );

export const useChanges = (subject: Subject) =>
  useQuery({
    queryKey: ['changes', subject.session.id, subject.agent?.id ?? null, changesVersion(subject)],
    queryFn: ({ signal }) => api.changes(subject.session.id, subject.agent?.id, signal),
    staleTime: 60_000,
    refetchOnWindowFocus: false,
    placeholderData: keepPreviousData,
  });

/** Never stale, because both commits are given. */
export const usePatch = (
  { session, agent }: Subject,
  { repoUrl, base, head }: RepositoryChanges,
  { path, oldPath, isBinary, hasSameContents }: ChangedFileView,
) =>
  useQuery({
    queryKey: ['patch', session.id, agent?.id ?? null, repoUrl, base, head, path],
    queryFn: ({ signal }) =>
      api.patch(
        session.id,
        {
          repoUrl,
          base,
          head,
          path,
          ...(agent !== null && { agent: agent.id }),
          ...(oldPath !== null && { oldPath }),
        },
        signal,
      ),
    enabled: !isBinary && hasSameContents !== true,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    refetchOnWindowFocus: false,
  });
