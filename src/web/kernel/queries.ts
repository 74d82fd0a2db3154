import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Backend } from '../../contract/cloud-name.ts';
import { api } from './api.ts';

export const queryKeys = {
  status: ['status'],
  sessions: ['sessions'],
  session: (id: string) => ['session', id],
  toolRequest: (id: string, request: string) => ['session', id, 'request', request],
  permissionRules: (workflowId: string) => ['permission-rules', workflowId],
  artifacts: (id: string) => ['session', id, 'artifacts'],
  files: ['files'],
  license: ['license'],
  credentials: ['credentials'],
  preferences: ['preferences'],
  repositories: ['repositories'],
  models: ['models'],
  orphans: ['orphans'],
  confirmations: (workflowId: string) => ['confirmations', workflowId],
} as const;

export const useStatus = () => useQuery({ queryKey: queryKeys.status, queryFn: api.status });

/** The cloud in use, as a sentence names it. What a session ran on stands in the session. */
export const useBackend = (): Backend => useStatus().data?.backend.kind ?? 'cursor';

export const useSession = (id: string) =>
  useQuery({ queryKey: queryKeys.session(id), queryFn: () => api.session(id) });

/** The same where there may be none. */
export const useSessionIfAny = (id: string | null) =>
  useQuery({
    queryKey: queryKeys.session(id ?? ''),
    queryFn: () => api.session(id ?? ''),
    enabled: id !== null,
  });

/** What a tool call would do, in full. It never changes. */
export const useToolRequest = (id: string, request: string) =>
  useQuery({
    queryKey: queryKeys.toolRequest(id, request),
    queryFn: () => api.toolRequest(id, request),
    // Once it is answered it cannot be had anymore.
    enabled: (query) => query.state.data === undefined,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });

/** What was answered with "always" for a workflow on this machine. */
export const usePermissionRules = (workflowId: string) =>
  useQuery({
    queryKey: queryKeys.permissionRules(workflowId),
    queryFn: () => api.permissionRules(workflowId),
  });

export const useFiles = () => useQuery({ queryKey: queryKeys.files, queryFn: api.files });

export const useLicense = () => useQuery({ queryKey: queryKeys.license, queryFn: api.license });

export const useCredentials = () =>
  useQuery({ queryKey: queryKeys.credentials, queryFn: api.credentials });

export const usePreferences = () =>
  useQuery({ queryKey: queryKeys.preferences, queryFn: api.preferences });

export const useModels = () =>
  useQuery({ queryKey: queryKeys.models, queryFn: api.models, staleTime: 600_000 });

/** Cursor allows one such call a minute, so only a person's wish refreshes the daemon's copy. */
export const useRepositories = () =>
  useQuery({
    queryKey: queryKeys.repositories,
    queryFn: () => api.repositories(),
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  });

/** Sessions of one place that need someone; asked only while any session does. */
export const useWaitingSessions = (mode: 'cloud' | 'local', needYou: number) =>
  useQuery({
    queryKey: [...queryKeys.sessions, 'waiting', mode],
    queryFn: () => api.sessions({ mode, status: 'waiting', limit: 1 }),
    enabled: needYou > 0,
  });

/** The newest sessions, wherever they run. */
export const useRecentSessions = (limit: number) =>
  useQuery({
    queryKey: [...queryKeys.sessions, 'recent', limit],
    queryFn: () => api.sessions({ limit }),
  });

/** Live sessions with agents on this machine; asked only while any agent is at work here. */
export const useLiveLocalSessions = (agentsAtWork: number) =>
  useQuery({
    queryKey: [...queryKeys.sessions, 'live-local'],
    queryFn: () =>
      api.sessions({ mode: 'local', settled: 'false', limit: 2, order: 'needs-you-first' }),
    enabled: agentsAtWork > 0,
  });

/** Live cloud sessions: what the status bar offers to go back to. */
export const useLiveCloudSessions = () =>
  useQuery({
    queryKey: [...queryKeys.sessions, 'live'],
    queryFn: () =>
      api.sessions({ mode: 'cloud', settled: 'false', limit: 5, order: 'needs-you-first' }),
  });

/** The newest session of a workflow that is not dismissed. */
export const useNewestSession = (workflowId: string) =>
  useQuery({
    queryKey: [...queryKeys.sessions, 'newest', workflowId],
    queryFn: () => api.sessions({ workflow: workflowId, limit: 1 }),
  });
