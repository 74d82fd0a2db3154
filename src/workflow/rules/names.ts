import { textOrNull } from '../../lib/blank.ts';
import { agentName } from '../agent-name.ts';
import type { Connection, Workflow } from '../schema.ts';

/* Problems name the parts of a workflow by what is seen on the canvas, not by ids. */

type Agents = Pick<Workflow, 'agents'>;

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
