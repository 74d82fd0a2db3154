import { agentId } from '../../workflow/ids.ts';
import type { Agent, Workflow } from '../../workflow/schema.ts';
import { columnAfterLast, nextPosition, positionInColumn } from './columns.ts';
import { roleOf } from './roles.ts';

/** A new agent of a role; without a column it stands after all others. */
export function newAgent(workflow: Workflow, role: string, column?: number, y?: number): Agent {
  const taken = new Set(workflow.agents.map(({ name }) => name));
  const { name } = roleOf(role);
  const at = column ?? columnAfterLast(workflow.agents);
  return {
    id: agentId(crypto.randomUUID()),
    name: freeName(name, taken),
    role,
    instructions: '',
    inputFiles: [],
    outputFiles: [],
    position: y === undefined ? nextPosition(workflow.agents, at) : positionInColumn(at, y),
  };
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) return wanted;
  for (let number = 2; ; number += 1)
    if (!taken.has(`${wanted} ${number}`)) return `${wanted} ${number}`;
}
