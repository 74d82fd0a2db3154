import type { AgentView } from '../../contract/agent-views.ts';
import type { SessionView } from '../../contract/session-views.ts';
import { refusal } from '../refusal.ts';
import { cleanLine } from '../terminal/text.ts';

/**
 * The agent with this id, this name (upper or lower case), or the only one whose name begins so.
 * @throws ApiError `agent_not_found` or `ambiguous_agent`, naming the agents that there are.
 */
export function findAgent(session: SessionView, reference: string): AgentView {
  const wanted = reference.toLowerCase();
  const ways: ((agent: AgentView) => boolean)[] = [
    (agent) => agent.id === reference,
    (agent) => agent.name === reference,
    (agent) => agent.name.toLowerCase() === wanted,
    (agent) => agent.name.toLowerCase().startsWith(wanted),
  ];
  for (const fits of ways) {
    const [found, ...more] = session.agents.filter(fits);
    if (found === undefined) continue;
    if (more.length === 0) return found;
    throw refusal(
      'ambiguous_agent',
      `"${cleanLine(reference)}" matches ${namesOf([found, ...more])}.`,
      'Use the id instead of the name.',
    );
  }
  throw refusal(
    'agent_not_found',
    `This session has no agent called "${cleanLine(reference)}".`,
    `Its agents are ${namesOf(session.agents)}.`,
  );
}

const namesOf = (agents: readonly AgentView[]): string =>
  agents.map((agent) => `${cleanLine(agent.name)} (${agent.id})`).join(', ');
