import { createHash } from 'node:crypto';
import type { LaunchRequest, TurnOptions } from '../../runtimes/turn-requests.ts';
import type { RuntimeId, SessionEventOf } from '../../session/events.ts';
import { locationOf } from '../../session/run-location.ts';
import type { SessionState } from '../../session/state.ts';
import { finalAgents, graphOf } from '../../workflow/graph.ts';
import type { AgentId } from '../../workflow/ids.ts';
import { permissionsOf } from '../../workflow/permissions.ts';
import { PLANNER_ID } from '../../workflow/planner.ts';
import type { Agent } from '../../workflow/schema.ts';

/** Cursor's limit for an agent's name. */
const MAX_NAME_LENGTH = 100;

export const METADATA = {
  session: 'cerevisor_session',
  agent: 'cerevisor_agent',
  attempt: 'cerevisor_attempt',
  /** The id of the stored intent, by which the agent is found if Cursor chooses its id. */
  launch: 'cerevisor_launch',
} as const;

/** The options that are set. Cursor keeps its own values for the others. */
export function turnOptionsOf({
  model,
  modelParameters,
  mode,
}: { readonly [Key in keyof TurnOptions]: TurnOptions[Key] | undefined }): TurnOptions {
  return {
    ...(model === undefined ? {} : { model }),
    ...(modelParameters === undefined ? {} : { modelParameters }),
    ...(mode === undefined ? {} : { mode }),
  };
}

/** The request of an attempt, built only from its stored intent, so that a repeated request is identical. */
export function launchRequest(
  state: SessionState,
  agent: Agent,
  intent: SessionEventOf<'LaunchIntended'>,
): LaunchRequest {
  return locationOf(intent.runtime) === 'cloud'
    ? cloudRequest(state, agent, intent)
    : localRequest(state, agent, intent);
}

function localRequest(
  state: SessionState,
  agent: Agent,
  intent: SessionEventOf<'LaunchIntended'>,
): LaunchRequest {
  const { local, workflow } = state;
  if (local === null) throw new Error(`Session ${state.id} has no folder to work in`);
  const { folder, isolation, carryUncommitted, setup, copy } = local;
  return {
    ...commonRequest(state, agent, intent),
    repositories: [],
    autoCreatePr: false,
    // Agents that ask before each call do not run in the sandbox.
    isConfined: intent.permissions === undefined && local.sandbox,
    ...(intent.permissions === undefined ? {} : { permissions: intent.permissions }),
    workspace: {
      sessionId: state.id,
      sessionPrefix: state.id.slice(2, 10),
      workflowName: workflow.name,
      agentName: agent.name,
      agentId: agent.id,
      attempt: intent.attempt,
      ...{ folder, isolation, carryUncommitted, setup, copy },
      bases: intent.bases ?? [],
    },
  };
}

function cloudRequest(
  state: SessionState,
  agent: Agent,
  intent: SessionEventOf<'LaunchIntended'>,
): LaunchRequest {
  const { env, workOnCurrentBranch, skipReviewerRequest, openAsCursorGithubApp } =
    state.workflow.settings.cloud;
  return {
    ...commonRequest(state, agent, intent),
    repositories: intent.repositories,
    ...(env === undefined
      ? {}
      : {
          environment:
            env.name === undefined ? { type: env.type } : { type: env.type, name: env.name },
        }),
    autoCreatePr: intent.autoCreatePr,
    ...(workOnCurrentBranch === undefined ? {} : { workOnCurrentBranch }),
    ...(skipReviewerRequest === undefined ? {} : { skipReviewerRequest }),
    ...(openAsCursorGithubApp === undefined ? {} : { openAsCursorGithubApp }),
  };
}

function commonRequest(
  state: SessionState,
  agent: Agent,
  intent: SessionEventOf<'LaunchIntended'>,
): Pick<
  LaunchRequest,
  'threadId' | 'name' | 'prompt' | 'images' | 'subagents' | 'mcpServers' | 'metadata' | 'provider'
> &
  TurnOptions {
  const { images, subagents } = agent;
  return {
    threadId: intent.threadId,
    name: `${state.workflow.name}: ${agent.name}`.slice(0, MAX_NAME_LENGTH),
    prompt: intent.prompt,
    ...turnOptionsOf(intent),
    ...(images === undefined ? {} : { images }),
    ...(subagents === undefined ? {} : { subagents }),
    ...mcpServersOf(state, intent.runtime),
    ...providerOfRequest(intent),
    metadata: {
      [METADATA.session]: state.id,
      [METADATA.agent]: agent.id,
      [METADATA.attempt]: String(intent.attempt),
      [METADATA.launch]: intent.threadId,
    },
  };
}

export const providerOfRequest = ({
  provider,
}: {
  readonly provider?: string;
}): Pick<LaunchRequest, 'provider'> => (provider === undefined ? {} : { provider });

/** The servers of the workflow, unless it denies them to agents on this machine. */
export function mcpServersOf(
  { workflow: { settings } }: SessionState,
  runtime: RuntimeId,
): Pick<LaunchRequest, 'mcpServers'> {
  const isDenied = locationOf(runtime) === 'this-machine' && permissionsOf(settings).mcp === 'deny';
  return isDenied || settings.mcpServers.length === 0 ? {} : { mcpServers: settings.mcpServers };
}

/** Names of the variables for agents in the cloud. Their values are never stored in the session. */
export function variableNames(
  { workflow }: Pick<SessionState, 'workflow'>,
  runtime: RuntimeId,
): readonly string[] {
  return locationOf(runtime) === 'cloud' ? (workflow.settings.cloud.envVars ?? []) : [];
}

/** SHA-256 of the request without its id, to verify that a repeated request is the same. */
export function requestHash(
  intent: Omit<
    SessionEventOf<'LaunchIntended'>,
    'requestHash' | 'threadId' | 'runtime' | 'provider' | 'account' | 'round'
  >,
): string {
  return createHash('sha256').update(JSON.stringify(intent)).digest('hex');
}

/** Whether this agent may open a pull request. By default only the agents at the end of the workflow do. */
export function opensPullRequest(state: SessionState, id: AgentId): boolean {
  if (!state.autoCreatePr || id === PLANNER_ID) return false;
  return (
    state.workflow.settings.cloud.pullRequests === 'each-agent' ||
    finalAgents(graphOf(state.workflow)).includes(id)
  );
}
