import { type AgentId, connectionId } from '../ids.ts';
import type { Agent, Connection, Workflow } from '../schema.ts';
import { columnNumbers, columnsOf } from './columns.ts';

/** Created by the canvas and shown dashed, until the user draws or configures it. */
export function isAutomatic(connection: Connection): boolean {
  return connection.isAutomatic === true;
}

export function asDrawn({ isAutomatic: _, ...drawn }: Connection): Connection {
  return drawn;
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

/** The agents in the column to the left of each agent. */
function previousColumns(agents: readonly Agent[]): Map<AgentId, readonly Agent[]> {
  const columns = columnsOf(agents);
  return new Map(
    columns.flatMap((column, number) =>
      column.agents.map(({ id }) => [id, columns[number - 1]?.agents ?? []] as const),
    ),
  );
}

/**
 * Connects agents automatically from the column before them: those that were just placed, and those that had automatic
 * connections. An agent with a drawn connection gets no new ones, and retains existing ones that lead from left to right.
 */
export function rewire(workflow: Workflow, placed: ReadonlySet<AgentId>): Workflow {
  const drawn = workflow.connections.filter((connection) => !isAutomatic(connection));
  const known = workflow.connections.filter(isAutomatic);
  // A loop does not start its target for the first time.
  const hasDrawn = new Set(
    drawn.filter(({ flowType }) => flowType !== 'loop').map(({ target }) => target),
  );
  const wasWired = new Set(known.map(({ target }) => target));
  const previous = previousColumns(workflow.agents);
  const columns = columnNumbers(workflow.agents);
  const kept = known.filter(
    ({ source, target }) =>
      hasDrawn.has(target) && (columns.get(source) ?? 0) < (columns.get(target) ?? 0),
  );
  const automatic = workflow.agents
    .filter(({ id }) => !hasDrawn.has(id) && (placed.has(id) || wasWired.has(id)))
    .flatMap((agent) =>
      (previous.get(agent.id) ?? []).map(({ id }) => {
        const same = known.find(({ source, target }) => source === id && target === agent.id);
        return same ?? automaticConnection(id, agent.id);
      }),
    );
  return { ...workflow, connections: [...drawn, ...kept, ...automatic] };
}
