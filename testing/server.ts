import { mkdtempSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, createClient } from '../src/contract/client.ts';
import type { Engine, Outcome } from '../src/engine/api.ts';
import { sessionProjection } from '../src/engine/projection.ts';
import { openJournal } from '../src/journal/open.ts';
import type { Journal } from '../src/journal/types.ts';
import { createRedactor } from '../src/lib/redact.ts';
import type { StreamTiming } from '../src/server/event-stream.ts';
import { listen } from '../src/server/http-server.ts';
import { type RunningServer, startServer } from '../src/server/serve.ts';
import type { Services } from '../src/server/services.ts';
import { ViewerPresence } from '../src/server/viewer-presence.ts';
import type { LifecycleEvent, SessionEventOf } from '../src/session/events.ts';
import type { SessionId } from '../src/session/ids.ts';
import { agentId } from '../src/workflow/ids.ts';
import { workflowFrom } from '../src/workflow/parse.ts';
import { directChecker } from './handoff-checker.ts';
import { cursorAlone, noMcpValues } from './providers.ts';
import { removeFolder } from './remove-folder.ts';

/** The real HTTP server on a real journal, with a fake engine. */

export type Call = { readonly name: string; readonly input: readonly unknown[] };

export type TestServer = AsyncDisposable & {
  readonly url: string;
  readonly port: number;
  readonly home: string;
  readonly token: string;
  readonly journal: Journal;
  readonly client: Client;
  readonly calls: Call[];
  readonly clock: { now: number };
  readonly server: RunningServer;
  readonly logged: string[];
  /** Sends the token, unless the headers override it. */
  request(path: string, init?: RequestInit): Promise<Response>;
  json(path: string, init?: RequestInit): Promise<unknown>;
};

export async function startTestServer(
  options: {
    readonly engine?: Partial<Engine>;
    readonly services?: Partial<Services>;
    readonly timing?: Partial<StreamTiming>;
    readonly pagesFolder?: string;
  } = {},
): Promise<TestServer> {
  const home = mkdtempSync(join(tmpdir(), 'cerevisor-server-'));
  const clock = { now: Date.parse('2026-05-18T12:00:00Z') };
  const opened = openJournal({ home, projection: sessionProjection, now: () => clock.now });
  if (!opened.ok) throw new Error(opened.failure.message);
  const { journal } = opened;
  const calls: Call[] = [];
  const logged: string[] = [];
  const services: Services = {
    ...fakeServices(home, journal, clock, logged),
    engine: fakeEngine(calls, options.engine),
    ...options.services,
  };
  const token = 'test-token-that-nobody-guesses';
  const listening = await listen({ port: 0, isPortExact: true });
  if (!listening.ok) throw new Error(listening.error.message);
  const server = startServer(listening.value, {
    services,
    token,
    pagesFolder: options.pagesFolder ?? join(home, 'no-pages'),
    ...(options.timing === undefined ? {} : { timing: options.timing }),
  });
  const url = server.address;
  const request = (path: string, init: RequestInit = {}) =>
    fetch(`${url}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${token}`, ...init.headers },
    });
  return {
    url,
    port: server.port,
    home,
    token,
    journal,
    calls,
    clock,
    server,
    logged,
    client: createClient({ baseUrl: url, identity: { kind: 'token', token } }),
    request,
    json: async (path, init) => (await request(path, init)).json(),
    async [Symbol.asyncDispose]() {
      await server.close();
      journal.close();
      removeFolder(home);
    },
  };
}

const done: Outcome<void> = { ok: true, value: undefined };

function fakeEngine(calls: Call[], overrides: Partial<Engine> = {}): Engine {
  const recorded =
    <Value>(name: string, value: Value) =>
    async (...input: readonly unknown[]): Promise<Value> => {
      calls.push({ name, input });
      return value;
    };
  const preflight = { canStart: true, problems: [], summary: null, confirmations: [] };
  return {
    bootstrapCloudResume: recorded('bootstrapCloudResume', undefined),
    preflight: recorded('preflight', preflight),
    start: recorded('start', { ok: true, value: { sessionId: sessionIdOf('1') } } as const),
    reconnect: recorded('reconnect', { ok: true, value: { changed: true } } as const),
    cancel: recorded('cancel', done),
    retry: recorded('retry', done),
    answer: recorded('answer', done),
    changeBudget: recorded('changeBudget', done),
    answerToolRequest: recorded('answerToolRequest', done),
    feedback: recorded('feedback', done),
    followUp: recorded('followUp', done),
    dismiss: async (ids) => {
      calls.push({ name: 'dismiss', input: [ids] });
      return { ok: true, value: { dismissed: ids } };
    },
    restore: async (ids) => {
      calls.push({ name: 'restore', input: [ids] });
      return { ok: true, value: { restored: ids } };
    },
    refetchArtifacts: recorded('refetchArtifacts', done),
    orphans: recorded('orphans', { ok: true, value: [] } as const),
    adopt: recorded('adopt', { ok: true, value: { sessionId: sessionIdOf('2') } } as const),
    workInProgress: () => [],
    backendState: () => ({ state: 'reachable', detail: null, checkedAt: null }),
    changeCredentials: (change) => change(),
    stop: recorded('stop', undefined),
    ...overrides,
  };
}

function fakeServices(
  home: string,
  journal: Journal,
  clock: { now: number },
  logged: string[],
): Omit<Services, 'engine'> {
  const log = (facts: object, message: string): void => {
    logged.push(`${message} ${JSON.stringify(facts)}`);
  };
  const license = {
    tier: 'trial' as const,
    daysLeft: 7,
    canOverrideProviders: true,
    canUseMcpServers: true,
    canUseLoopAndEnhance: true,
    canStartCloudRuns: true,
    reason: 'trial_running',
    key: null,
    holder: null,
    expiresAt: null,
  };
  const credential = { source: 'none' as const, masked: null, account: null, error: null };
  const preferences = {
    resumeOnLaunch: 'automatically' as const,
    maxLiveCloudAttempts: 8,
    maxLiveLocalAttempts: 4,
    port: null,
    theme: 'system' as const,
    notifications: true,
  };
  return {
    localAgents: {
      view: () => null,
      sharedShutdown: () => null,
      refresh: async () => {},
      endAll: async () => ({ ok: true, value: { ended: 0, survivors: [] } }),
    },
    viewerPresence: new ViewerPresence(() => clock.now),
    recovered: null,
    build: { version: '0.0.0-test', commit: null },
    installedBuild: () => ({ version: '0.0.0-test', commit: null }),
    command: 'npm start',
    home,
    startedAt: clock.now,
    now: () => clock.now,
    log: { info: log, warn: log, error: log },
    journal,
    handoffs: directChecker,
    provider: () => ({
      backend: { kind: 'rehearsal', url: 'http://127.0.0.1:1' },
      models: async () => ({ ok: true, value: [{ id: 'm', displayName: 'M', aliases: [] }] }),
      repositories: async () => ({
        ok: true,
        value: { urls: ['https://github.com/acme/shop'], refreshedAt: clock.now },
      }),
    }),
    license: {
      view: () => license,
      activate: async () => ({ ok: true, value: license }),
      deactivate: async () => ({ ok: true, value: license }),
    },
    credentials: {
      view: async () => credential,
      save: async () => ({ ok: true, value: credential }),
      clear: async () => ({ ok: true, value: credential }),
      validate: async () => credential,
      smokeTest: async () => ({ ok: true, value: { detail: 'It works.' } }),
    },
    providers: cursorAlone,
    mcpValues: noMcpValues,
    preferences: {
      read: () => preferences,
      change: async () => ({ ok: true, value: preferences }),
    },
    reachableAddress: async (repoUrl) => repoUrl,
    compareEnvironment: async () => ({
      differs: [],
      keySource: 'rehearsal',
      backend: { kind: 'rehearsal', url: 'http://127.0.0.1:1' },
      taken: [],
    }),
    examplesFolder: join(home, 'examples'),
    homeFolder: home,
    workflowsFolder: join(home, 'workflows'),
    redact: createRedactor(() => ['crsr_secret']),
    doctor: async () => [{ name: 'Node', state: 'ok', detail: '24', suggestion: null }],
    requestStop: () => undefined,
  };
}

/** `s_` and 32 digits that start with the given ones. */
export const sessionIdOf = (start: string): SessionId => `s_${start.padEnd(32, '0')}` as SessionId;

/** The first event of a session with two agents, one after the other. */
export function sessionStarted(
  change: Partial<SessionEventOf<'SessionStarted'>> = {},
): LifecycleEvent {
  const read = workflowFrom({
    version: '1.0',
    id: 'shop',
    name: 'Shop',
    agents: [
      { id: 'plan', name: 'Planner', instructions: 'Plan.' },
      { id: 'build', name: 'Builder', instructions: 'Build.' },
    ],
    connections: [{ id: 'c1', source: 'plan', target: 'build' }],
  });
  if (!read.ok) throw new Error(read.problems[0]?.message);
  return {
    type: 'SessionStarted',
    workflow: read.workflow,
    mode: 'cloud',
    backend: { kind: 'rehearsal', url: 'http://127.0.0.1:1' },
    repositories: [{ url: 'https://github.com/acme/shop' }],
    autoCreatePr: false,
    maxConcurrentAgents: 8,
    maxAttempts: 1,
    ...change,
  };
}

/** The last events of a session that was started by `sessionStarted`. */
export const sessionEnded: readonly LifecycleEvent[] = [
  { type: 'AgentSettled', round: 1, agentId: agentId('plan'), outcome: 'skipped' },
  { type: 'AgentSettled', round: 1, agentId: agentId('build'), outcome: 'skipped' },
  { type: 'SessionEnded', outcome: 'finished' },
];

/** A request with headers that `fetch` would not send, such as another `Host`. */
export function rawRequest(
  port: number,
  path: string,
  headers: Readonly<Record<string, string>>,
  method = 'GET',
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, path, headers, method }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    request.on('error', reject);
    request.end();
  });
}
