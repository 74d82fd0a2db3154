import { textOrNull } from '../../lib/blank.ts';
import type { Connection, Workflow } from '../schema.ts';

/* Problems name the parts of a workflow by what is seen on the canvas, not by ids. */

type Agents = Pick<Workflow, 'agents'>;

export const agentName = ({ agents }: Agents, id: string): string =>
  agents.find((agent) => agent.id === id)?.name ?? id;

/** Its label, otherwise the agents that it connects; for the middle of a sentence. */
export function connectionName(
  workflow: Agents,
  { label, source, target, flowType }: Connection,
): string {
  const kind = flowType === 'loop' ? 'loop' : 'connection';
  const text = textOrNull(label);
  return text === null
    ? `the ${kind} from "${agentName(workflow, source)}" to "${agentName(workflow, target)}"`
    : `${kind} "${text}"`;
}
