import type { AgentView } from '../../contract/agent-views.ts';
import type { SessionView } from '../../contract/session-views.ts';
import { commandError } from '../command-error.ts';
import { cleanLine } from '../terminal/text.ts';

/**
 * The agent with this id, this name (ignoring case), or the only one whose name starts with it.
 * @throws ApiError `agent_not_found` or `ambiguous_agent`, which list the agents
 */
export function findAgent(session: SessionView, reference: string): AgentView {
  const lowerCaseName = reference.toLowerCase();
  const matchers: ((agent: AgentView) => boolean)[] = [
    (agent) => agent.id === reference,
    (agent) => agent.name === reference,
    (agent) => agent.name.toLowerCase() === lowerCaseName,
    (agent) => agent.name.toLowerCase().startsWith(lowerCaseName),
  ];
  for (const matches of matchers) {
    const [match, ...others] = session.agents.filter(matches);
    if (match === undefined) continue;
    if (others.length === 0) return match;
    throw commandError(
      'ambiguous_agent',
      `"${cleanLine(reference)}" matches ${namesOf([match, ...others])}.`,
      'Use the id instead of the name.',
    );
  }
  throw commandError(
    'agent_not_found',
    `This session has no agent called "${cleanLine(reference)}".`,
    `Its agents are ${namesOf(session.agents)}.`,
  );
}

const namesOf = (agents: readonly AgentView[]): string =>
  agents.map((agent) => `${cleanLine(agent.name)} (${agent.id})`).join(', ');
