import { createHash } from 'node:crypto';
import type { LaunchRequest } from '../providers/port.ts';
import type { SessionEventOf } from '../session/events.ts';
import type { SessionState } from '../session/state.ts';
import { finalAgents, graphOf } from '../workflow/graph.ts';
import type { AgentId } from '../workflow/ids.ts';
import type { Agent } from '../workflow/schema.ts';

/** Cursor's limit for an agent's name. */
const MAX_NAME_LENGTH = 100;

export const METADATA = {
  session: 'cerevisor_session',
  agent: 'cerevisor_agent',
  attempt: 'cerevisor_attempt',
} as const;

/** The request of an attempt, made from its stored intent alone: a repeated request is the same to the letter. */
export function launchRequest(
  state: SessionState,
  agent: Agent,
  intent: SessionEventOf<'LaunchIntended'>,
): LaunchRequest {
  const { env } = state.workflow.settings.cloud;
  const { mcpServers } = state.workflow.settings;
  return {
    agentId: intent.cursorAgentId,
    name: `${state.workflow.name}: ${agent.name}`.slice(0, MAX_NAME_LENGTH),
    prompt: intent.prompt,
    ...(intent.model === undefined ? {} : { model: intent.model }),
    repositories: intent.repositories,
    ...(env === undefined
      ? {}
      : {
          environment:
            env.name === undefined ? { type: env.type } : { type: env.type, name: env.name },
        }),
    autoCreatePr: intent.autoCreatePr,
    ...(mcpServers.length === 0 ? {} : { mcpServers }),
    metadata: {
      [METADATA.session]: state.id,
      [METADATA.agent]: agent.id,
      [METADATA.attempt]: String(intent.attempt),
    },
  };
}

/** SHA-256 over what Cursor is asked for, without the id: shows that a repeated request was the same. */
export function requestHash(
  intent: Omit<SessionEventOf<'LaunchIntended'>, 'requestHash' | 'cursorAgentId'>,
): string {
  return createHash('sha256').update(JSON.stringify(intent)).digest('hex');
}

/** Whether this agent may open a pull request. By default only the agents at the end of the workflow do. */
export function opensPullRequest(state: SessionState, id: AgentId): boolean {
  if (!state.autoCreatePr) return false;
  return (
    state.workflow.settings.cloud.pullRequests === 'each-agent' ||
    finalAgents(graphOf(state.workflow)).includes(id)
  );
}
