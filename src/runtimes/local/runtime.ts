import { setTimeout as wait } from 'node:timers/promises';
import { toMcpServers } from '../cursor-cloud/mcp-servers.ts';
import type {
  Answer,
  FollowUpRequest,
  LaunchOutcome,
  LaunchRequest,
  ProviderError,
  Runtime,
  TurnOptions,
  UsageReport,
} from '../port.ts';
import { cursorLocalCapabilities } from './capabilities.ts';
import type { RunnerClient } from './client.ts';
import { type FollowSystem, TurnReading } from './follow.ts';
import type { LocalTurn, StartThread } from './protocol.ts';
import {
  toAnswer,
  toLaunchOutcome,
  toProviderError,
  toThreadRecord,
  toTurnRecord,
} from './records.ts';

export type LocalRuntimeOptions = {
  /** One for the daemon's whole life, whatever keys come and go. */
  readonly client: RunnerClient;
  /** Read anew for every turn, so that a changed key is used at once. */
  readonly apiKey: () => string | null;
  /** Absent: Cursor itself. */
  readonly backendUrl?: string;
  readonly isRehearsal: boolean;
  /** The account is the same as in Cursor's cloud, and so are its models. */
  readonly cloud: Pick<Runtime, 'backend' | 'account' | 'models'>;
  readonly system?: Partial<FollowSystem>;
};

/** What the harness reads beside the prompt: rules, agents and hooks of the project. */
const SETTING_SOURCES = ['project'];

/** Cursor's agents on this machine, as the engine sees them: everything is asked of the runner. */
export function createLocalRuntime(options: LocalRuntimeOptions): Runtime {
  const { client, cloud } = options;
  const closing = new AbortController();
  const system: FollowSystem = { now: Date.now, random: Math.random, sleep, ...options.system };

  return {
    id: 'cursor-local',
    capabilities: cursorLocalCapabilities,
    backend: { kind: options.isRehearsal ? 'rehearsal' : 'cursor', url: cloud.backend.url },

    async launch(request) {
      const secrets = secretsOf(options.apiKey(), request);
      if (!secrets.ok) return { kind: 'rejected', error: secrets.error };
      const { workspace } = request;
      if (workspace === undefined) return { kind: 'rejected', error: WITHOUT_FOLDER };
      const thread = threadOf(request, workspace, options.backendUrl);
      const turn = {
        turnId: firstTurnId(request.threadId),
        prompt: request.prompt,
        ...turnOptions(request),
        ...(request.images === undefined ? {} : { images: [...request.images] }),
      };
      const body = { thread, turn, secrets: secrets.value };
      return toLaunchOutcome(await client.startThread(request.threadId, body));
    },

    async followUp(request): Promise<LaunchOutcome> {
      const secrets = secretsOf(options.apiKey(), request);
      if (!secrets.ok) return { kind: 'rejected', error: secrets.error };
      const turn = {
        turnId: followUpTurnId(request.followUpId),
        prompt: request.prompt,
        purpose: request.purpose,
        ...turnOptions(request),
      };
      return toLaunchOutcome(
        await client.startTurn(request.threadId, { turn, secrets: secrets.value }),
      );
    },

    readThread: async (threadId) => toAnswer(await client.readThread(threadId), toThreadRecord),
    readTurn: async (threadId, turnId) =>
      toAnswer(await client.readTurn(threadId, turnId), toTurnRecord),
    reconnect: async (threadId, turnId) =>
      toAnswer(await client.readTurn(threadId, turnId), toTurnRecord),

    follow(request, observer) {
      const signal = AbortSignal.any([request.signal, closing.signal]);
      return new TurnReading(client, system, { ...request, signal }, observer).run();
    },

    cancel: async (threadId, turnId) =>
      toAnswer(await client.cancel(threadId, turnId), () => undefined),
    answerRequest: async (threadId, turnId, requestId, answer) =>
      toAnswer(await client.answerRequest(threadId, turnId, requestId, answer), () => undefined),
    closeThread: async (threadId) =>
      toAnswer(await client.closeThread(threadId, true), () => undefined),
    resumePrompt: async (threadId, turnId) =>
      toAnswer(await client.resumePrompt(threadId, turnId), (prompt) => prompt),

    usage: async (threadId, turnId) => usageOf(await client.readTurn(threadId, turnId)),
    account: () => cloud.account(),
    models: () => cloud.models(),

    // Capabilities that this runtime does not have.
    listArtifacts: async () => ({ ok: true, value: [] }),
    artifactLink: async () => ({ ok: false, error: WITHOUT_ARTIFACTS }),
    listOwnThreads: async () => ({ ok: true, value: [] }),
    repositories: async () => ({ ok: true, value: { urls: [], refreshedAt: system.now() } }),

    // A socket of this machine sleeps and wakes with it.
    wake: () => undefined,
    async close() {
      closing.abort();
    },
  };
}

/** The first turn of a thread has the thread's own number. */
export const firstTurnId = (threadId: string): string => `turn-${threadId.replace(/^agent-/, '')}`;
/** A further turn has that of the follow-up, so that repeating it finds the same turn. */
export const followUpTurnId = (followUpId: string): string =>
  `turn-${followUpId.replace(/^[a-z]+_/, '')}`;

const WITHOUT_FOLDER: ProviderError = {
  code: 'invalid_request',
  message: 'An agent on this machine needs a folder to work in.',
};
const WITHOUT_ARTIFACTS: ProviderError = {
  code: 'feature_unavailable',
  message: 'Agents on this machine leave their files in the working folder.',
};
const WITHOUT_KEY: ProviderError = {
  code: 'unauthorized',
  message: 'No usable Cursor API key is set.',
};

function threadOf(
  request: LaunchRequest,
  workspace: NonNullable<LaunchRequest['workspace']>,
  backendUrl: string | undefined,
): StartThread['thread'] {
  const { bases, setup, copy } = workspace;
  return {
    name: request.name,
    harness: 'cursor-local',
    workspace: { ...workspace, bases: [...bases], setup: [...setup], copy: [...copy] },
    sandbox: request.isConfined ?? false,
    settingSources: SETTING_SOURCES,
    metadata: { ...request.metadata },
    ...(backendUrl === undefined ? {} : { backendUrl }),
    ...(request.subagents === undefined ? {} : { subagents: [...request.subagents] }),
  };
}

function secretsOf(
  apiKey: string | null,
  request: Pick<LaunchRequest | FollowUpRequest, 'mcpServers'> & Pick<LaunchRequest, 'variables'>,
): Answer<StartThread['secrets']> {
  const key = apiKey?.trim() ?? '';
  if (key === '') return { ok: false, error: WITHOUT_KEY };
  const mcp = toMcpServers(request.mcpServers);
  if (!mcp.ok) return { ok: false, error: mcp.failure.error };
  const { variables } = request;
  return {
    ok: true,
    value: {
      apiKey: key,
      ...(variables === undefined ? {} : { variables }),
      ...(mcp.servers === undefined ? {} : { mcpServers: mcp.servers }),
    },
  };
}

const turnOptions = ({ model, modelParameters, mode }: TurnOptions) => ({
  ...(model === undefined ? {} : { model }),
  ...(modelParameters === undefined ? {} : { modelParameters }),
  ...(mode === undefined ? {} : { mode }),
});

function usageOf(answer: Awaited<ReturnType<RunnerClient['readTurn']>>): Answer<UsageReport> {
  if (!answer.ok) return { ok: false, error: toProviderError(answer.error) };
  const { usage }: LocalTurn = answer.value;
  if (usage !== undefined) return { ok: true, value: usage };
  const message = 'The usage of this turn was not reported.';
  return { ok: false, error: { code: 'not_found', message } };
}

/** Never rejects. */
const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
  wait(ms, undefined, { signal }).catch(() => undefined); // By the signal.
