import {
  type ApiResponse,
  type Connection,
  call,
  errorFrom,
  type InputOf,
  requestPath,
  send,
} from './call.ts';
import type {
  ApplyAllBody,
  ApplyBody,
  PatchQuery,
  PlanApplyAllBody,
  PlanApplyBody,
  PullRequestBody,
} from './changes.ts';
import { type EndpointName, endpoints } from './endpoints.ts';
import type { FeedbackBody } from './enhance.ts';
import { type FollowOptions, follow } from './follow.ts';
import type { AnswerRequestBody, ForgetRuleBody } from './permissions.ts';
import type { AddProviderBody, ChangeProviderBody, HarnessView } from './providers.ts';
import type {
  AnswerBody,
  BudgetBody,
  CreateFileBody,
  CredentialBody,
  DismissBody,
  EnvironmentBody,
  EventsQuery,
  FollowUpBody,
  RestoreBody,
  SessionsQuery,
  StartBody,
  ValidateBody,
} from './requests.ts';

/**
 * The API as functions, for the CLI (token) and the browser (cookie and CSRF header) alike. Every function
 * rejects with an `ApiError` if the response is not a success.
 *
 * @example
 * const client = createClient({ baseUrl: 'http://127.0.0.1:4780', identity: { kind: 'token', token } });
 * const { sessionId } = await client.start({ path: '/home/me/shop.cerevisor' });
 */
export function createClient(connection: Connection) {
  const session = (id: string) => ({ params: { id } });
  const ask = <Name extends EndpointName>(name: Name, input: InputOf<Name>, signal?: AbortSignal) =>
    call(connection, name, input, signal);
  const act = (id: string) => ({ params: { id }, body: {} });

  return {
    health: () => ask('health', {}),
    status: (signal?: AbortSignal) => ask('status', {}, signal),
    doctor: () => ask('doctor', {}),
    stop: (body: { all?: boolean } = {}) => ask('stop', { body }),

    compareEnvironment: (body: EnvironmentBody) => ask('compareEnvironment', { body }),

    createLogin: () => ask('createLogin', { body: {} }),
    login: (code: string) => ask('login', { body: { code } }),
    logout: () => ask('logout', { body: {} }),
    browserSession: () => ask('browserSession', {}),

    validate: (body: ValidateBody) => ask('validate', { body }),
    preflight: (body: StartBody) => ask('preflight', { body }),
    confirmations: (workflowId?: string) =>
      ask('confirmations', { query: workflowId === undefined ? {} : { workflowId } }),
    confirm: (body: InputOf<'confirm'>['body']) => ask('confirm', { body }),
    files: () => ask('files', {}),
    folders: (path?: string) => ask('folders', { query: path === undefined ? {} : { path } }),
    readFile: (path: string) => ask('readFile', { query: { path } }),
    saveFile: (body: InputOf<'saveFile'>['body']) => ask('saveFile', { body }),
    createFile: (body: CreateFileBody) => ask('createFile', { body }),
    forgetFile: (path: string) => ask('forgetFile', { body: { path } }),
    duplicateFile: (body: InputOf<'duplicateFile'>['body']) => ask('duplicateFile', { body }),

    start: (body: StartBody) => ask('start', { body }),
    sessions: (query: SessionsQuery = {}, signal?: AbortSignal) =>
      ask('sessions', { query }, signal),
    session: (id: string, signal?: AbortSignal) => ask('session', session(id), signal),
    sessionEvents: (id: string, query: EventsQuery = {}, signal?: AbortSignal) =>
      ask('sessionEvents', { ...session(id), query }, signal),
    /** See `follow`: resolves when the signal is aborted. */
    follow: (options: FollowOptions) => follow(connection, options),

    reconnect: (id: string) => ask('reconnect', act(id)),
    cancel: (id: string, agent?: string) =>
      ask('cancel', { ...session(id), body: agent === undefined ? {} : { agent } }),
    dismiss: (id: string) => ask('dismiss', act(id)),
    dismissMany: (body: DismissBody) => ask('dismissMany', { body }),
    restore: (id: string) => ask('restore', act(id)),
    restoreMany: (body: RestoreBody) => ask('restoreMany', { body }),
    retry: (id: string, agent: string) => ask('retry', { ...session(id), body: { agent } }),
    answer: (id: string, body: AnswerBody) => ask('answer', { ...session(id), body }),
    toolRequest: (id: string, request: string) => ask('toolRequest', { params: { id, request } }),
    answerToolRequest: (id: string, request: string, body: AnswerRequestBody) =>
      ask('answerToolRequest', { params: { id, request }, body }),
    permissionRules: (workflowId: string) => ask('permissionRules', { query: { workflowId } }),
    forgetPermissionRule: (body: ForgetRuleBody) => ask('forgetPermissionRule', { body }),
    feedback: (id: string, body: FeedbackBody) => ask('feedback', { ...session(id), body }),
    enhancedWorkflow: (id: string, path?: string) =>
      ask('enhancedWorkflow', { ...session(id), query: path === undefined ? {} : { path } }),
    changeBudget: (id: string, body: BudgetBody) => ask('changeBudget', { ...session(id), body }),
    followUp: (id: string, body: FollowUpBody) => ask('followUp', { ...session(id), body }),
    changes: (id: string, agent?: string, signal?: AbortSignal) =>
      ask('changes', { ...session(id), query: agent === undefined ? {} : { agent } }, signal),
    patch: (id: string, query: PatchQuery, signal?: AbortSignal) =>
      ask('patch', { ...session(id), query }, signal),
    planApply: (id: string, body: PlanApplyBody) => ask('planApply', { ...session(id), body }),
    applyChanges: (id: string, body: ApplyBody) => ask('applyChanges', { ...session(id), body }),
    planApplyAll: (id: string, body: PlanApplyAllBody) =>
      ask('planApplyAll', { ...session(id), body }),
    applyAllChanges: (id: string, body: ApplyAllBody) =>
      ask('applyAllChanges', { ...session(id), body }),
    undoApply: (id: string, undoId?: string) =>
      ask('undoApply', { ...session(id), body: undoId === undefined ? {} : { undoId } }),
    openPullRequest: (id: string, body: PullRequestBody) =>
      ask('openPullRequest', { ...session(id), body }),
    orphans: () => ask('orphans', {}),
    adopt: (cursorAgentId: string) => ask('adopt', act(cursorAgentId)),

    artifacts: (id: string) => ask('artifacts', session(id)),
    refetchArtifacts: (id: string, agent?: string) =>
      ask('refetchArtifacts', { ...session(id), body: agent === undefined ? {} : { agent } }),
    /** Address of one artifact for a link or an image; the browser sends its cookie along. */
    artifactUrl: (id: string, agent: string, file: string, inline = false) =>
      `${connection.baseUrl}${requestPath(endpoints.artifactFile.path, { id, agent, file }, inline ? { inline: 1 } : {})}`,
    exportUrl: (id: string) =>
      `${connection.baseUrl}${requestPath(endpoints.exportSession.path, { id })}`,
    /** The zip of a session, to be streamed to a file. */
    exportSession: async (id: string): Promise<ApiResponse> => {
      const response = await send(
        connection,
        requestPath(endpoints.exportSession.path, { id }),
        {},
      );
      if (!response.ok) throw await errorFrom(response);
      return response;
    },

    license: () => ask('license', {}),
    activateLicense: (key: string) => ask('activateLicense', { body: { key } }),
    deactivateLicense: () => ask('deactivateLicense', { body: {} }),
    credentials: () => ask('credentials', {}),
    saveCredentials: (body: CredentialBody) => ask('saveCredentials', { body }),
    clearCredentials: () => ask('clearCredentials', {}),
    validateCredentials: (key?: string) =>
      ask('validateCredentials', { body: key === undefined ? {} : { key } }),
    smokeTest: () => ask('smokeTest', { body: {} }),
    providers: (signal?: AbortSignal) => ask('providers', {}, signal),
    addProvider: (body: AddProviderBody) => ask('addProvider', { body }),
    changeProvider: (id: string, body: ChangeProviderBody) =>
      ask('changeProvider', { ...session(id), body }),
    removeProvider: (id: string) => ask('removeProvider', session(id)),
    defaultProvider: (id: string) => ask('defaultProvider', act(id)),
    saveProviderKey: (id: string, body: CredentialBody) =>
      ask('saveProviderKey', { ...session(id), body }),
    clearProviderKey: (id: string) => ask('clearProviderKey', session(id)),
    detectProvider: (id: string) => ask('detectProvider', act(id)),
    validateProvider: (id: string, key?: string) =>
      ask('validateProvider', { ...session(id), body: key === undefined ? {} : { key } }),
    smokeTestProvider: (id: string) => ask('smokeTestProvider', act(id)),
    providerModels: (id: string) => ask('providerModels', session(id)),
    mcpValues: (names: readonly string[]) =>
      ask('mcpValues', { query: { names: names.join(',') } }),
    saveMcpValue: (name: string, body: CredentialBody) =>
      ask('saveMcpValue', { params: { name }, body }),
    clearMcpValue: (name: string) => ask('clearMcpValue', { params: { name } }),
    harnesses: (signal?: AbortSignal) => ask('harnesses', {}, signal),
    fetchHarness: (name: HarnessView['name']) =>
      ask('fetchHarness', { params: { name }, body: {} }),
    cancelFetch: (name: HarnessView['name']) => ask('cancelFetch', { params: { name } }),
    preferences: () => ask('preferences', {}),
    savePreferences: (body: InputOf<'savePreferences'>['body']) => ask('savePreferences', { body }),
    repositories: (refresh = false) => ask('repositories', { query: { refresh } }),
    models: () => ask('models', {}),
  };
}

export type Client = ReturnType<typeof createClient>;
