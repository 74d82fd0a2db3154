import type { Model } from '../port.ts';
import type { ProviderError } from '../provider-error.ts';
import type { LaunchOutcome, LaunchRequest } from '../turn-requests.ts';
import { type CallFailure, providerError } from './errors.ts';
import { toMcpServers } from './mcp-servers.ts';
import { similarModels } from './models.ts';
import { METADATA_MARKER, type Reads } from './reads.ts';
import { MISSING_KEY } from './rest.ts';
import { failureFromHost } from './sdk-failures.ts';
import type { SdkHost } from './sdk-host/client.ts';
import type { OperationOf } from './sdk-host/protocol.ts';
import type { Clock } from './time.ts';
import { modelAndMode, toImage, toSubagent } from './turn-options.ts';

export type LaunchDependencies = {
  readonly host: SdkHost;
  readonly reads: Reads;
  readonly apiKey: () => string | null;
  readonly clock: Clock;
  /** Used to suggest similar models when a model is unknown; may be empty. */
  readonly models: () => Promise<readonly Model[]>;
};

/**
 * Sends a launch once. Cursor ignores `Idempotency-Key`, but the agent id that we generated serves the same purpose: a
 * repeated request either creates the agent, or gets `409 agent_id_conflict` and adopts it.
 */
export async function launch(
  { host, reads, apiKey, clock, models }: LaunchDependencies,
  request: LaunchRequest,
): Promise<LaunchOutcome> {
  const key = apiKey();
  if (key === null) return { kind: 'wait', error: MISSING_KEY.error };
  const mcp = toMcpServers(request.mcpServers);
  if (!mcp.ok) return { kind: 'rejected', error: mcp.failure.error };
  const result = await host.call<'launch'>(key, toOperation(request, mcp.servers));
  if (result.ok) {
    const { agentId: threadId, runId: turnId, status, agentUrl } = result.value;
    return {
      kind: 'launched',
      turn: { threadId, turnId, status, branches: [] },
      ...(agentUrl === undefined ? {} : { agentUrl }),
      adopted: false,
    };
  }
  const failure = failureFromHost(result.failure, clock());
  if (failure.wireCode === 'agent_id_conflict') return adopt(reads, request);
  const outcome = outcomeOf(failure);
  if (outcome.kind !== 'rejected') return outcome;
  if (request.variables !== undefined) {
    // Cursor chose the id, so the caller checks by metadata whether an earlier request arrived.
    return { kind: 'rejected', error: await withSimilarModels(outcome.error, request, models) };
  }
  // An earlier request may have succeeded although its response was lost, and only this one is rejected (for example
  // because the model is no longer available). Its agent must be adopted.
  const earlier = await reads.readThread(request.threadId);
  if (earlier.ok) return adopt(reads, request);
  return { kind: 'rejected', error: await withSimilarModels(outcome.error, request, models) };
}

const flags = ({
  workOnCurrentBranch,
  skipReviewerRequest,
  openAsCursorGithubApp,
}: LaunchRequest) => ({
  ...(workOnCurrentBranch === undefined ? {} : { workOnCurrentBranch }),
  ...(skipReviewerRequest === undefined ? {} : { skipReviewerRequest }),
  ...(openAsCursorGithubApp === undefined ? {} : { openAsCursorGithubApp }),
});

function toOperation(
  request: LaunchRequest,
  mcpServers: OperationOf<'launch'>['mcpServers'],
): OperationOf<'launch'> {
  return {
    name: 'launch',
    // Cursor rejects an id together with variables.
    ...(request.variables === undefined ? { agentId: request.threadId } : {}),
    agentName: request.name.slice(0, MAX_NAME_LENGTH),
    prompt: request.prompt,
    ...modelAndMode(request),
    ...(request.images === undefined ? {} : { images: request.images.map(toImage) }),
    ...(request.subagents === undefined ? {} : { subagents: request.subagents.map(toSubagent) }),
    ...(mcpServers === undefined ? {} : { mcpServers }),
    cloud: {
      repos: request.repositories.map((repository) => ({ ...repository })),
      autoCreatePR: request.autoCreatePr,
      ...flags(request),
      ...(request.variables === undefined ? {} : { envVars: { ...request.variables } }),
      ...(request.environment === undefined ? {} : { env: { ...request.environment } }),
      metadata: { ...request.metadata, [METADATA_MARKER]: '1' },
    },
  };
}

/** Cursor rejects longer names. */
const MAX_NAME_LENGTH = 100;

/** What a failure implies about whether the agent exists. */
export function outcomeOf(failure: CallFailure): Exclude<LaunchOutcome, { kind: 'launched' }> {
  const { error } = failure;
  switch (error.code) {
    case 'unauthorized': // a new key fixes it, and nothing was created without one
    case 'rate_limited':
    case 'usage_limit':
    case 'busy':
    case 'disk_full':
      return { kind: 'wait', error };
    case 'unreachable':
    case 'host_failed':
      return { kind: failure.neverSent ? 'wait' : 'unknown', error };
    case 'protocol':
      // Cursor created an agent with a different id: repeating would create another one each time.
      if (/mismatched agent id/.test(error.message)) return { kind: 'rejected', error };
      return { kind: failure.neverSent ? 'rejected' : 'unknown', error };
    case 'forbidden':
    case 'integration_not_connected':
    case 'invalid_request':
    case 'invalid_model':
    case 'repository_unavailable':
    case 'not_found':
    case 'archived':
    case 'not_cancellable':
    case 'request_ended':
    case 'feature_unavailable':
    case 'harness_missing':
    case 'harness_too_old':
      return { kind: 'rejected', error };
    default:
      return error.code satisfies never;
  }
}

/** Adopts the agent with our id, which an earlier request created, and its newest run. */
async function adopt(reads: Reads, request: LaunchRequest): Promise<LaunchOutcome> {
  const agent = await reads.readThread(request.threadId);
  if (!agent.ok) {
    // The conflict means that it exists, so a failed read proves nothing: only another request can tell.
    return { kind: 'unknown', error: agent.failure.error };
  }
  const { latestTurn, metadata, url } = agent.value;
  const mismatch = Object.entries(request.metadata).find(
    ([name, value]) => metadata[name] !== undefined && metadata[name] !== value,
  );
  if (mismatch !== undefined) {
    const message = `The agent ${request.threadId} exists at Cursor but does not belong to this launch (its "${mismatch[0]}" differs).`;
    return { kind: 'rejected', error: providerError('invalid_request', message) };
  }
  if (latestTurn === undefined) {
    const message = `The agent ${request.threadId} exists at Cursor, but its run is not listed yet.`;
    return { kind: 'unknown', error: providerError('unreachable', message) };
  }
  return {
    kind: 'launched',
    turn: latestTurn,
    ...(url === undefined ? {} : { agentUrl: url }),
    adopted: true,
  };
}

async function withSimilarModels(
  error: ProviderError,
  request: LaunchRequest,
  models: () => Promise<readonly Model[]>,
): Promise<ProviderError> {
  if (error.code !== 'invalid_model' || request.model === undefined) return error;
  const names = similarModels(request.model, await models());
  const message = `The model "${request.model}" is not available to this account.`;
  if (names.length === 0) return { ...error, message };
  const suggestion = `Did you mean ${names.join(', ')}? Leave the model empty to use the account's default.`;
  return { ...error, message, suggestion };
}
