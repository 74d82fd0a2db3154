import type {
  AppliedAllView,
  AppliedView,
  ApplyAllBody,
  ApplyAllPlanView,
  ApplyBody,
  ApplyPlanView,
  ChangesView,
  PatchQuery,
  PatchView,
  PlanApplyAllBody,
  PlanApplyBody,
  PullRequestBody,
  PullRequestPageView,
  UndoneView,
} from '../../contract/changes.ts';
import type { CredentialView, LicenseView, StatusView } from '../../contract/daemon-views.ts';
import type { EnhancedWorkflow, FeedbackBody } from '../../contract/enhance.ts';
import type { ErrorView } from '../../contract/error-views.ts';
import type { FolderList } from '../../contract/folders.ts';
import type {
  AnswerRequestBody,
  ForgetRuleBody,
  PermissionRuleView,
  ToolRequestDetail,
} from '../../contract/permissions.ts';
import type { PreflightView } from '../../contract/preflight-views.ts';
import type {
  AnswerBody,
  BudgetBody,
  CreateFileBody,
  CredentialBody,
  DismissBody,
  EventsQuery,
  FollowUpBody,
  SessionsQuery,
  StartBody,
  ValidateBody,
} from '../../contract/requests.ts';
import type {
  ArtifactList,
  Doctor,
  EventPage,
  FileContent,
  FileList,
  OrphanList,
  PreferencesView,
  SessionPage,
  Validation,
} from '../../contract/responses.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { buildUrl, callDaemon, csrf, fetchFromDaemon, toApiError } from './http.ts';

const post = <Result>(path: string, body?: unknown) =>
  callDaemon<Result>(path, { method: 'POST', body });
const put = <Result>(path: string, body: unknown) =>
  callDaemon<Result>(path, { method: 'PUT', body });
const sessionPath = (id: string, rest = '') => `/api/sessions/${encodeURIComponent(id)}${rest}`;

const requestPath = (id: string, request: string): string =>
  sessionPath(id, `/requests/${encodeURIComponent(request)}`);

/**
 * The daemon's HTTP API. Paths and shapes are those of the contract; its route objects are not imported, because they
 * would bring the whole schema library into the bundle.
 */
export const api = {
  /** Whether this browser is logged in, and the terminal command that logs it in. */
  browserSession: () => callDaemon<{ isLoggedIn: boolean; command: string }>('/api/me-session'),
  async login(code: string): Promise<void> {
    const { csrfToken } = await post<{ csrfToken: string }>('/api/login', { code });
    csrf.store(csrfToken);
  },
  /** Opens the event stream of all sessions after a position. */
  async openEvents(after: number, signal: AbortSignal): Promise<Response> {
    const response = await fetchFromDaemon(buildUrl('/api/events', { after }), {
      headers: { accept: 'text/event-stream' },
      signal,
    });
    if (!response.ok) throw await toApiError(response);
    return response;
  },
  status: () => callDaemon<StatusView>('/api/status'),

  files: () => callDaemon<FileList>('/api/files'),
  folders: (path: string | null) =>
    callDaemon<FolderList>('/api/folders', path === null ? {} : { query: { path } }),
  readFile: (path: string) => callDaemon<FileContent>('/api/files/content', { query: { path } }),
  saveFile: (body: { path: string; text: string; expectedHash: string | null }) =>
    put<FileContent>('/api/files/content', body),
  createFile: (body: CreateFileBody) => post<FileContent>('/api/files/create', body),
  duplicateFile: (body: { path: string; name?: string }) =>
    post<FileContent>('/api/files/duplicate', body),
  forgetFile: (path: string) => post<unknown>('/api/files/forget', { path }),
  validate: (body: ValidateBody) => post<Validation>('/api/workflows/validate', body),
  preflight: (body: StartBody) => post<PreflightView>('/api/preflight', body),
  confirm: (body: { workflowId: string; kind: 'auto-create-pr-enable' | 'auto-create-pr-fire' }) =>
    post<unknown>('/api/confirmations', body),
  confirmations: (workflowId: string) =>
    callDaemon<{ items: { kind: string; confirmedAt: string | null }[] }>('/api/confirmations', {
      query: { workflowId },
    }),

  sessions: (query: SessionsQuery) => callDaemon<SessionPage>('/api/sessions', { query }),
  session: (id: string) => callDaemon<SessionDetail>(sessionPath(id)),
  events: (id: string, query: EventsQuery) =>
    callDaemon<EventPage>(sessionPath(id, '/events'), { query }),
  start: (body: StartBody) => post<{ sessionId: string }>('/api/sessions', body),
  reconnect: (id: string) => post<{ changed: boolean }>(sessionPath(id, '/reconnect')),
  cancel: (id: string, agent?: string) => post<unknown>(sessionPath(id, '/cancel'), { agent }),
  retry: (id: string, agent: string) => post<unknown>(sessionPath(id, '/retry'), { agent }),
  followUp: (id: string, body: FollowUpBody) => post<unknown>(sessionPath(id, '/follow-ups'), body),
  answer: (id: string, body: AnswerBody) => post<unknown>(sessionPath(id, '/answers'), body),
  toolRequest: (id: string, request: string) =>
    callDaemon<ToolRequestDetail>(requestPath(id, request)),
  answerToolRequest: (id: string, request: string, body: AnswerRequestBody) =>
    post<unknown>(requestPath(id, request), body),
  permissionRules: (workflowId: string) =>
    callDaemon<{ items: PermissionRuleView[] }>('/api/permission-rules', { query: { workflowId } }),
  forgetPermissionRule: (body: ForgetRuleBody) =>
    post<unknown>('/api/permission-rules/forget', body),
  changeBudget: (id: string, body: BudgetBody) => post<unknown>(sessionPath(id, '/budget'), body),
  feedback: (id: string, body: FeedbackBody) => post<unknown>(sessionPath(id, '/feedback'), body),
  enhancedWorkflow: (id: string) =>
    callDaemon<EnhancedWorkflow>(sessionPath(id, '/enhanced-workflow')),
  dismiss: (what: DismissBody) => post<{ dismissed: string[] }>('/api/sessions/dismiss', what),
  restore: (ids: readonly string[]) =>
    post<{ restored: string[] }>('/api/sessions/restore', { ids }),
  artifacts: (id: string) => callDaemon<ArtifactList>(sessionPath(id, '/artifacts')),
  refetchArtifacts: (id: string, agent?: string) =>
    post<unknown>(sessionPath(id, '/artifacts/refetch'), { agent }),
  artifactUrl: (id: string, agent: string, file: string, isInline = false) =>
    buildUrl(
      sessionPath(id, `/artifacts/${encodeURIComponent(agent)}/${encodeURIComponent(file)}`),
      isInline ? { inline: true } : {},
    ),
  changes: (id: string, agent?: string, signal?: AbortSignal) =>
    callDaemon<ChangesView>(sessionPath(id, '/changes'), { query: { agent }, signal }),
  patch: (id: string, query: PatchQuery, signal?: AbortSignal) =>
    callDaemon<PatchView>(sessionPath(id, '/changes/patch'), { query, signal }),
  planApply: (id: string, body: PlanApplyBody) =>
    post<ApplyPlanView>(sessionPath(id, '/changes/plan'), body),
  applyChanges: (id: string, body: ApplyBody) =>
    post<AppliedView>(sessionPath(id, '/changes/apply'), body),
  planApplyAll: (id: string, body: PlanApplyAllBody) =>
    post<ApplyAllPlanView>(sessionPath(id, '/changes/plan-all'), body),
  applyAllChanges: (id: string, body: ApplyAllBody) =>
    post<AppliedAllView>(sessionPath(id, '/changes/apply-all'), body),
  undoApply: (id: string, undoId?: string) =>
    post<UndoneView>(sessionPath(id, '/changes/undo'), { undoId }),
  openPullRequest: (id: string, body: PullRequestBody) =>
    post<PullRequestPageView>(sessionPath(id, '/pull-request'), body),
  exportUrl: (id: string) => sessionPath(id, '/export'),
  orphans: () => callDaemon<OrphanList>('/api/orphans'),
  adopt: (id: string) =>
    post<{ sessionId: string }>(`/api/orphans/${encodeURIComponent(id)}/adopt`),

  license: () => callDaemon<LicenseView>('/api/license'),
  activateLicense: (key: string) => post<LicenseView>('/api/license/activate', { key }),
  deactivateLicense: () => post<LicenseView>('/api/license/deactivate'),
  credentials: () => callDaemon<CredentialView>('/api/credentials'),
  saveCredentials: (body: CredentialBody) => put<CredentialView>('/api/credentials', body),
  clearCredentials: () => callDaemon<CredentialView>('/api/credentials', { method: 'DELETE' }),
  validateCredentials: (key?: string) =>
    post<{ isValid: boolean; credential: CredentialView }>('/api/credentials/validate', { key }),
  smokeTest: () =>
    post<{ ok: boolean; durationMs: number; detail: string; error: ErrorView | null }>(
      '/api/smoke-test',
    ),
  doctor: () => callDaemon<Doctor>('/api/doctor'),
  preferences: () => callDaemon<PreferencesView>('/api/preferences'),
  savePreferences: (change: Partial<PreferencesView>) =>
    put<PreferencesView>('/api/preferences', change),
  repositories: (refresh = false) =>
    callDaemon<{ urls: string[]; refreshedAt: string | null }>('/api/repositories', {
      query: refresh ? { refresh } : {},
    }),
  models: () =>
    callDaemon<{
      items: {
        id: string;
        displayName: string;
        aliases: string[];
        parameters?: { id: string; values: string[] }[];
      }[];
    }>('/api/models'),
};
