import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Backend } from '../../contract/cloud-name.ts';
import { api } from './api.ts';

export const queryKeys = {
  status: ['status'],
  sessions: ['sessions'],
  everySession: ['session'],
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

/** The configured cloud. A session records its own, which may differ. */
export const useBackend = (): Backend => useStatus().data?.backend.kind ?? 'cursor';

export const useSession = (id: string) =>
  useQuery({ queryKey: queryKeys.session(id), queryFn: () => api.session(id) });

/** The same for an optional id. */
export const useOptionalSession = (id: string | null) =>
  useQuery({
    queryKey: queryKeys.session(id ?? ''),
    queryFn: () => api.session(id ?? ''),
    enabled: id !== null,
  });

/** Everything that a tool call would do. It never changes. */
export const useToolRequest = (id: string, request: string) =>
  useQuery({
    queryKey: queryKeys.toolRequest(id, request),
    queryFn: () => api.toolRequest(id, request),
    // It is no longer available once it is answered.
    enabled: (query) => query.state.data === undefined,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });

/** Answers that were given with "always" for a workflow on this machine. */
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

/** Cursor allows one such call a minute, so the daemon's copy is refreshed only on request. */
export const useRepositories = () =>
  useQuery({
    queryKey: queryKeys.repositories,
    queryFn: () => api.repositories(),
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  });

/** Sessions of a run mode that need the user; queried only while there are any. */
export const useWaitingSessions = (mode: 'cloud' | 'local', needYou: number) =>
  useQuery({
    queryKey: [...queryKeys.sessions, 'waiting', mode],
    queryFn: () => api.sessions({ mode, status: 'waiting', limit: 1 }),
    enabled: needYou > 0,
  });

export const useRecentSessions = (limit: number) =>
  useQuery({
    queryKey: [...queryKeys.sessions, 'recent', limit],
    queryFn: () => api.sessions({ limit }),
  });

/** Live sessions with agents on this machine; queried only while there are such agents. */
export const useLiveLocalSessions = (agentsAtWork: number) =>
  useQuery({
    queryKey: [...queryKeys.sessions, 'live-local'],
    queryFn: () =>
      api.sessions({ mode: 'local', settled: 'false', limit: 2, order: 'needs-you-first' }),
    enabled: agentsAtWork > 0,
  });

/** Live cloud sessions, which the status bar links to. */
export const useLiveCloudSessions = () =>
  useQuery({
    queryKey: [...queryKeys.sessions, 'live'],
    queryFn: () =>
      api.sessions({ mode: 'cloud', settled: 'false', limit: 5, order: 'needs-you-first' }),
  });

/** The newest session of a workflow that was not dismissed. */
export const useNewestSession = (workflowId: string) =>
  useQuery({
    queryKey: [...queryKeys.sessions, 'newest', workflowId],
    queryFn: () => api.sessions({ workflow: workflowId, limit: 1 }),
  });
