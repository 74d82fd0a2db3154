import { setTimeout as wait } from 'node:timers/promises';
import type { Account, Model, Runtime } from '../port.ts';
import type { ProviderError, Result } from '../provider-error.ts';
import type { UsageReport } from '../turn-records.ts';
import type { FollowUpRequest, LaunchOutcome, LaunchRequest } from '../turn-requests.ts';
import { localCapabilities } from './capabilities.ts';
import type { RunnerClient } from './client.ts';
import type { Connect, Connection } from './connection.ts';
import { type FollowSystem, TurnReading } from './follow.ts';
import type { LocalTurn } from './protocol.ts';
import {
  toAnswer,
  toLaunchOutcome,
  toProviderError,
  toThreadRecord,
  toTurnRecord,
} from './records.ts';
import { placeOfTurn, secretsOf, threadOf, turnOptions } from './requests.ts';
import type { HarnessId, StartThread } from './start-requests.ts';

export type LocalRuntimeOptions = {
  readonly harness: HarnessId;
  /** One for the daemon's whole life, whatever keys come and go. */
  readonly client: RunnerClient;
  readonly connect: Connect;
  /** Puts the person's values into MCP servers; without it they stay as the workflow has them. */
  readonly withMcpValues?: (servers: unknown) => Promise<Result<unknown>>;
  readonly backend: Runtime['backend'];
  /** Whose key it is, and which models there are, where the provider tells. */
  readonly account: () => Promise<Result<Account>>;
  readonly models: () => Promise<Result<readonly Model[]>>;
  readonly system?: Partial<FollowSystem>;
};

/** Agents on this machine, with one harness, as the engine sees them: everything is asked of the runner. */
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
    account: () => options.account(),
    models: () => options.models(),

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

async function launch(
  options: LocalRuntimeOptions,
  request: LaunchRequest,
): Promise<LaunchOutcome> {
  const access = await accessFor(options, request);
  if (!access.ok) return { kind: 'rejected', error: access.error };
  const { workspace } = request;
  if (workspace === undefined) return { kind: 'rejected', error: WITHOUT_FOLDER };
  const { connection, secrets } = access.value;
  const thread = threadOf(request, workspace, options.harness, connection);
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
  const body = { turn, secrets, ...placeOfTurn(options.harness, connection) };
  return toLaunchOutcome(await options.client.startTurn(request.threadId, body));
}

type Access = { readonly connection: Connection; readonly secrets: StartThread['secrets'] };

/** How the provider is reached, and what the harness needs to know for that: looked up for every request. */
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
  const secrets = secretsOf(connection.value, { ...request, mcpServers: servers.value });
  if (!secrets.ok) return secrets;
  return { ok: true, value: { connection: connection.value, secrets: secrets.value } };
}

/** The first turn of a thread has the thread's own number. */
const firstTurnId = (threadId: string): string => `turn-${threadId.replace(/^agent-/, '')}`;
/** A further turn has that of the follow-up, so that repeating it finds the same turn. */
const followUpTurnId = (followUpId: string): string => `turn-${followUpId.replace(/^[a-z]+_/, '')}`;

const WITHOUT_FOLDER: ProviderError = {
  code: 'invalid_request',
  message: 'An agent on this machine needs a folder to work in.',
};
const WITHOUT_ARTIFACTS: ProviderError = {
  code: 'feature_unavailable',
  message: 'Agents on this machine leave their files in the working folder.',
};

function usageOf(answer: Awaited<ReturnType<RunnerClient['readTurn']>>): Result<UsageReport> {
  if (!answer.ok) return { ok: false, error: toProviderError(answer.error) };
  const { usage }: LocalTurn = answer.value;
  if (usage !== undefined) return { ok: true, value: usage };
  const message = 'The usage of this turn was not reported.';
  return { ok: false, error: { code: 'not_found', message } };
}

/** Never rejects. */
const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
  wait(ms, undefined, { signal }).catch(() => undefined); // By the signal.
