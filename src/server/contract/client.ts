import { address, type Connection, call, errorOf, type InputOf, send } from './call.ts';
import { type FollowOptions, follow } from './follow.ts';
import type {
  CreateFileBody,
  CredentialBody,
  DismissBody,
  EnvironmentBody,
  EventsQuery,
  RestoreBody,
  SessionsQuery,
  StartBody,
  ValidateBody,
} from './requests.ts';
import { routes } from './routes.ts';

/**
 * The API as functions, for the CLI (token) and the browser (cookie and CSRF header) alike. Every function
 * rejects with an `ApiError` when the answer is no success.
 *
 * @example
 * const client = createClient({ baseUrl: 'http://127.0.0.1:4780', identity: { kind: 'token', token } });
 * const { sessionId } = await client.start({ path: '/home/me/shop.cerevisor' });
 */
export function createClient(connection: Connection) {
  const session = (id: string) => ({ params: { id } });
  const ask = <Route extends Parameters<typeof call>[1]>(
    route: Route,
    input: InputOf<Route>,
    signal?: AbortSignal,
  ) => call(connection, route, input, signal);
  const act = (id: string) => ({ params: { id }, body: {} });

  return {
    health: () => ask(routes.health, {}),
    status: (signal?: AbortSignal) => ask(routes.status, {}, signal),
    doctor: () => ask(routes.doctor, {}),
    stop: () => ask(routes.stop, { body: {} }),

    compareEnvironment: (body: EnvironmentBody) => ask(routes.compareEnvironment, { body }),

    createLogin: () => ask(routes.createLogin, { body: {} }),
    login: (code: string) => ask(routes.login, { body: { code } }),
    logout: () => ask(routes.logout, { body: {} }),
    browserSession: () => ask(routes.browserSession, {}),

    validate: (body: ValidateBody) => ask(routes.validate, { body }),
    preflight: (body: StartBody) => ask(routes.preflight, { body }),
    confirmations: (workflowId?: string) =>
      ask(routes.confirmations, { query: workflowId === undefined ? {} : { workflowId } }),
    confirm: (body: InputOf<typeof routes.confirm>['body']) => ask(routes.confirm, { body }),
    files: () => ask(routes.files, {}),
    readFile: (path: string) => ask(routes.readFile, { query: { path } }),
    saveFile: (body: InputOf<typeof routes.saveFile>['body']) => ask(routes.saveFile, { body }),
    createFile: (body: CreateFileBody) => ask(routes.createFile, { body }),
    forgetFile: (path: string) => ask(routes.forgetFile, { body: { path } }),
    duplicateFile: (body: InputOf<typeof routes.duplicateFile>['body']) =>
      ask(routes.duplicateFile, { body }),

    start: (body: StartBody) => ask(routes.start, { body }),
    sessions: (query: SessionsQuery = {}, signal?: AbortSignal) =>
      ask(routes.sessions, { query }, signal),
    session: (id: string, signal?: AbortSignal) => ask(routes.session, session(id), signal),
    sessionEvents: (id: string, query: EventsQuery = {}, signal?: AbortSignal) =>
      ask(routes.sessionEvents, { ...session(id), query }, signal),
    /** See `follow`: resolves when the signal is aborted. */
    follow: (options: FollowOptions) => follow(connection, options),

    reconnect: (id: string) => ask(routes.reconnect, act(id)),
    cancel: (id: string, agent?: string) =>
      ask(routes.cancel, { ...session(id), body: agent === undefined ? {} : { agent } }),
    dismiss: (id: string) => ask(routes.dismiss, act(id)),
    dismissMany: (body: DismissBody) => ask(routes.dismissMany, { body }),
    restore: (id: string) => ask(routes.restore, act(id)),
    restoreMany: (body: RestoreBody) => ask(routes.restoreMany, { body }),
    retry: (id: string, agent: string) => ask(routes.retry, { ...session(id), body: { agent } }),
    followUp: (id: string, agent: string, text: string) =>
      ask(routes.followUp, { ...session(id), body: { agent, text } }),
    orphans: () => ask(routes.orphans, {}),
    adopt: (cursorAgentId: string) => ask(routes.adopt, act(cursorAgentId)),

    artifacts: (id: string) => ask(routes.artifacts, session(id)),
    refetchArtifacts: (id: string, agent?: string) =>
      ask(routes.refetchArtifacts, { ...session(id), body: agent === undefined ? {} : { agent } }),
    /** Address of one artifact for a link or an image; the browser sends its cookie along. */
    artifactUrl: (id: string, agent: string, file: string, inline = false) =>
      `${connection.baseUrl}${address(routes.artifactFile.path, { id, agent, file }, inline ? { inline: 1 } : {})}`,
    exportUrl: (id: string) => `${connection.baseUrl}${address(routes.exportSession.path, { id })}`,
    /** The zip of a session, to be streamed to a file. */
    exportSession: async (id: string): Promise<Response> => {
      const response = await send(connection, address(routes.exportSession.path, { id }), {});
      if (!response.ok) throw await errorOf(response);
      return response;
    },

    license: () => ask(routes.license, {}),
    activateLicense: (key: string) => ask(routes.activateLicense, { body: { key } }),
    deactivateLicense: () => ask(routes.deactivateLicense, { body: {} }),
    credentials: () => ask(routes.credentials, {}),
    saveCredentials: (body: CredentialBody) => ask(routes.saveCredentials, { body }),
    clearCredentials: () => ask(routes.clearCredentials, {}),
    validateCredentials: (key?: string) =>
      ask(routes.validateCredentials, { body: key === undefined ? {} : { key } }),
    smokeTest: () => ask(routes.smokeTest, { body: {} }),
    preferences: () => ask(routes.preferences, {}),
    savePreferences: (body: InputOf<typeof routes.savePreferences>['body']) =>
      ask(routes.savePreferences, { body }),
    repositories: (refresh = false) => ask(routes.repositories, { query: { refresh } }),
    models: () => ask(routes.models, {}),
  };
}

export type Client = ReturnType<typeof createClient>;
