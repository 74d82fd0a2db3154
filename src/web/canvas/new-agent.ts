import { bottomOf, columnsOf, dropPosition } from '../../workflow/edit/columns.ts';
import { agentId } from '../../workflow/ids.ts';
import type { Agent, Workflow } from '../../workflow/schema.ts';
import { roleOf } from './roles.ts';

/** A new agent with a role; without a position it is placed after all others. */
export function newAgent(
  { agents }: Workflow,
  role: string,
  position?: { x: number; y: number },
): Agent {
  const taken = new Set(agents.map(({ name }) => name));
  const { name } = roleOf(role);
  return {
    id: agentId(crypto.randomUUID()),
    name: uniqueName(name, taken),
    role,
    instructions: '',
    inputFiles: [],
    outputFiles: [],
    position: position
      ? dropPosition(agents, position)
      : bottomOf(agents, columnsOf(agents).length),
  };
}

function uniqueName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  for (let number = 2; ; number += 1)
    if (!taken.has(`${name} ${number}`)) return `${name} ${number}`;
}
