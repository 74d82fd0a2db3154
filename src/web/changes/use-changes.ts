import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { AgentView } from '../../contract/agent-views.ts';
import type { ChangedFileView, RepositoryChanges } from '../../contract/changes.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { api } from '../kernel/api.ts';

/** Whose changes are shown: those of one agent, or of the whole session. */
export type Subject = { readonly session: SessionDetail; readonly agent: AgentView | null };

/** Compared again when a branch moved or an agent ended, and not with every event: the branches are fetched for it. */
const stateOf = ({ session, agent }: Subject): string =>
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
    queryKey: ['changes', subject.session.id, subject.agent?.id ?? null, stateOf(subject)],
    queryFn: ({ signal }) => api.changes(subject.session.id, subject.agent?.id, signal),
    staleTime: 60_000,
    refetchOnWindowFocus: false,
    placeholderData: keepPreviousData,
  });

/** Both commits are named, so what was answered once stays true. */
export const usePatch = (
  { session, agent }: Subject,
  { repoUrl, base, head }: RepositoryChanges,
  { path, oldPath, isBinary }: ChangedFileView,
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
    enabled: !isBinary,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    refetchOnWindowFocus: false,
  });
