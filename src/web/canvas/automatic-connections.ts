import { type AgentId, connectionId } from '../../workflow/ids.ts';
import type { Agent, Connection, Workflow } from '../../workflow/schema.ts';
import { columnOf } from './columns.ts';

/** Drawn dashed; made by the canvas, and gone as soon as a person draws one to the same agent. */
export function isAutomatic(connection: Connection): boolean {
  return connection.isAutomatic === true;
}

function automaticConnection(source: AgentId, target: AgentId): Connection {
  return {
    id: connectionId(`auto:${source}->${target}`),
    source,
    target,
    flowType: 'always',
    handoffFormat: 'summary',
    isAutomatic: true,
  };
}

/** The agents of the nearest column to the left that has any. */
function previousColumn(agents: readonly Agent[], column: number): Agent[] {
  const columns = agents.map(columnOf).filter((each) => each < column);
  if (columns.length === 0) return [];
  const nearest = Math.max(...columns);
  return agents.filter((agent) => columnOf(agent) === nearest);
}

/**
 * Wires agents automatically from the column before them: those that were just placed, and those that were wired
 * so before. An agent to which a person drew a connection is left alone: what is drawn wins.
 */
export function rewire(workflow: Workflow, placed: ReadonlySet<AgentId>): Workflow {
  const drawn = workflow.connections.filter((connection) => !isAutomatic(connection));
  const known = workflow.connections.filter(isAutomatic);
  const hasDrawn = new Set(drawn.map(({ target }) => target));
  const wasWired = new Set(known.map(({ target }) => target));
  const automatic = workflow.agents
    .filter(({ id }) => !hasDrawn.has(id) && (placed.has(id) || wasWired.has(id)))
    .flatMap((agent) =>
      previousColumn(workflow.agents, columnOf(agent)).map(({ id }) => {
        const same = known.find(({ source, target }) => source === id && target === agent.id);
        return same ?? automaticConnection(id, agent.id);
      }),
    );
  return { ...workflow, connections: [...drawn, ...automatic] };
}
