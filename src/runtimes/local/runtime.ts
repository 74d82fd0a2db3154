import { setTimeout as wait } from 'node:timers/promises';
import type { Account, Model, Runtime } from '../port.ts';
import type { ProviderError, Result } from '../provider-error.ts';
import type { UsageReport } from '../turn-records.ts';
import type { FollowUpRequest, LaunchOutcome, LaunchRequest } from '../turn-requests.ts';
import { localCapabilities } from './capabilities.ts';
import type { RunnerClient } from './client.ts';
import type { Connect, Connection } from './connection.ts';
import { type FollowSystem, TurnFollower } from './follow.ts';
import type { LocalTurn } from './protocol.ts';
import {
  toLaunchOutcome,
  toProviderError,
  toResult,
  toThreadRecord,
  toTurnRecord,
} from './records.ts';
import { requestSecrets, toThreadRequest, turnConnection, turnOptions } from './requests.ts';
import type { HarnessId, StartThread } from './start-requests.ts';

export type LocalRuntimeOptions = {
  readonly harness: HarnessId;
  /** Shared for the whole life of the daemon, independent of keys. */
  readonly client: RunnerClient;
  readonly connect: Connect;
  /** Inserts the user's values into MCP servers; without it they stay as in the workflow. */
  readonly withMcpValues?: (servers: unknown) => Promise<Result<unknown>>;
  readonly backend: Runtime['backend'];
  /** The account of the key, and the available models if the provider lists them. */
  readonly account: () => Promise<Result<Account>>;
  readonly models: () => Promise<Result<readonly Model[]>>;
  readonly system?: Partial<FollowSystem>;
};

/** The runtime for local agents of one harness. Every call is forwarded to the runner. */
export function createLocalRuntime(options: LocalRuntimeOptions): Runtime {
  const { harness, client } = options;
  const closing = new AbortController();
  const system: FollowSystem = { now: Date.now, random: Math.random, sleep, ...options.system };

  return {
    id: harness,
    capabilities: localCapabilities[harness],
    backend: options.backend,
    launch: (request) => launch(options, request),
    followUp: (request) => followUp(options, request),

    readThread: async (threadId) => toResult(await client.readThread(threadId), toThreadRecord),
    readTurn: async (threadId, turnId) =>
      toResult(await client.readTurn(threadId, turnId), toTurnRecord),
    reconnect: async (threadId, turnId) =>
      toResult(await client.readTurn(threadId, turnId), toTurnRecord),

    follow(request, observer) {
      const signal = AbortSignal.any([request.signal, closing.signal]);
      return new TurnFollower(client, system, { ...request, signal }, observer).run();
    },

    cancel: async (threadId, turnId) =>
      toResult(await client.cancel(threadId, turnId), () => undefined),
    answerRequest: async (threadId, turnId, requestId, answer) =>
      toResult(await client.answerRequest(threadId, turnId, requestId, answer), () => undefined),
    closeThread: async (threadId) =>
      toResult(await client.closeThread(threadId, true), () => undefined),
    resumePrompt: async (threadId, turnId) =>
      toResult(await client.resumePrompt(threadId, turnId), (prompt) => prompt),

    usage: async (threadId, turnId) => usageOf(await client.readTurn(threadId, turnId)),
    account: () => options.account(),
    models: () => options.models(),

    // Capabilities that this runtime does not have.
    listArtifacts: async () => ({ ok: true, value: [] }),
    artifactLink: async () => ({ ok: false, error: NO_ARTIFACTS }),
    listOwnThreads: async () => ({ ok: true, value: [] }),
    repositories: async () => ({ ok: true, value: { urls: [], refreshedAt: system.now() } }),

    // Local sockets survive sleep, so there is nothing to do.
    wake: () => undefined,
    async close() {
      closing.abort();
    },
  };
}

async function launch(
  options: LocalRuntimeOptions,
  request: LaunchRequest,
): Promise<LaunchOutcome> {
  const access = await accessFor(options, request);
  if (!access.ok) return { kind: 'rejected', error: access.error };
  const { workspace } = request;
  if (workspace === undefined) return { kind: 'rejected', error: FOLDER_MISSING };
  const { connection, secrets } = access.value;
  const thread = toThreadRequest(request, workspace, options.harness, connection);
  const turn = {
    turnId: firstTurnId(request.threadId),
    prompt: request.prompt,
    ...turnOptions(request),
    ...(request.images === undefined ? {} : { images: [...request.images] }),
  };
  const body = { thread, turn, secrets };
  return toLaunchOutcome(await options.client.startThread(request.threadId, body));
}

async function followUp(
  options: LocalRuntimeOptions,
  request: FollowUpRequest,
): Promise<LaunchOutcome> {
  const access = await accessFor(options, request);
  if (!access.ok) return { kind: 'rejected', error: access.error };
  const { connection, secrets } = access.value;
  const turn = {
    turnId: followUpTurnId(request.followUpId),
    prompt: request.prompt,
    purpose: request.purpose,
    ...turnOptions(request),
  };
  const body = { turn, secrets, ...turnConnection(options.harness, connection) };
  return toLaunchOutcome(await options.client.startTurn(request.threadId, body));
}

type Access = { readonly connection: Connection; readonly secrets: StartThread['secrets'] };

/** The provider's connection and the secrets for the harness, looked up for every request. */
async function accessFor(
  { connect, withMcpValues }: LocalRuntimeOptions,
  request: LaunchRequest | FollowUpRequest,
): Promise<Result<Access>> {
  const connection = await connect(request.provider);
  if (!connection.ok) return connection;
  const { mcpServers } = request;
  const servers: Result<unknown> =
    mcpServers === undefined || withMcpValues === undefined
      ? { ok: true, value: mcpServers }
      : await withMcpValues(mcpServers);
  if (!servers.ok) return servers;
  const secrets = requestSecrets(connection.value, { ...request, mcpServers: servers.value });
  if (!secrets.ok) return secrets;
  return { ok: true, value: { connection: connection.value, secrets: secrets.value } };
}

/** The id of the first turn is derived from the thread's id. */
const firstTurnId = (threadId: string): string => `turn-${threadId.replace(/^agent-/, '')}`;
/** The id of a further turn is derived from the follow-up's id, so that repeating the request finds the same turn. */
const followUpTurnId = (followUpId: string): string => `turn-${followUpId.replace(/^[a-z]+_/, '')}`;

const FOLDER_MISSING: ProviderError = {
  code: 'invalid_request',
  message: 'An agent on this machine needs a folder to work in.',
};
const NO_ARTIFACTS: ProviderError = {
  code: 'feature_unavailable',
  message: 'Agents on this machine leave their files in the working folder.',
};

function usageOf(result: Awaited<ReturnType<RunnerClient['readTurn']>>): Result<UsageReport> {
  if (!result.ok) return { ok: false, error: toProviderError(result.error) };
  const { usage }: LocalTurn = result.value;
  if (usage !== undefined) return { ok: true, value: usage };
  const message = 'The usage of this turn was not reported.';
  return { ok: false, error: { code: 'not_found', message } };
}

/** Never rejects. */
const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
  wait(ms, undefined, { signal }).catch(() => undefined); // It rejects only when the signal is aborted.
