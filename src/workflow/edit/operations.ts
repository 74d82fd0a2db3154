import { wavesOf } from '../graph.ts';
import { type AgentId, type ConnectionId, connectionId } from '../ids.ts';
import { DEFAULT_ROUNDS } from '../loops.ts';
import type { WorkflowSettings } from '../schema/settings.ts';
import type { Agent, Connection, Workflow } from '../schema.ts';
import { asDrawn, isAutomatic, rewire } from './automatic-connections.ts';
import { columnNumbers, columnWidth, dropPosition, rowHeight } from './columns.ts';

/** A pure edit of a workflow. Returns the same object if there is nothing to do. */
export type Edit = (workflow: Workflow) => Workflow;

export function addAgent(agent: Agent): Edit {
  return (workflow) =>
    rewire({ ...workflow, agents: [...workflow.agents, agent] }, new Set([agent.id]));
}

export function removeAgents(ids: ReadonlySet<AgentId>): Edit {
  return (workflow) => {
    if (!workflow.agents.some(({ id }) => ids.has(id))) return workflow;
    const rest: Workflow = {
      ...workflow,
      agents: workflow.agents.filter(({ id }) => !ids.has(id)),
      connections: workflow.connections.filter(
        ({ source, target }) => !ids.has(source) && !ids.has(target),
      ),
      settings: withoutVerifiers(workflow.settings, ids),
    };
    // Agents that were automatically connected to a removed agent are connected to the column before them.
    const orphaned = workflow.connections
      .filter((connection) => isAutomatic(connection) && ids.has(connection.source))
      .map(({ target }) => target);
    return rewire(rest, new Set(orphaned));
  };
}

/** If no named verifier is left, verifiers are determined by role again. Otherwise, every round would be successful. */
function withoutVerifiers(settings: WorkflowSettings, ids: ReadonlySet<AgentId>): WorkflowSettings {
  const { verifiers } = settings.loopAndEnhance;
  const rest = verifiers?.filter((id) => !ids.has(id));
  if (rest === undefined || rest.length === verifiers?.length) return settings;
  const change = { verifiers: rest.length === 0 ? undefined : rest };
  return { ...settings, loopAndEnhance: changed(settings.loopAndEnhance, change) };
}

/** Moves agents to where they were dropped, in the nearest column. */
export function placeAgents(places: ReadonlyMap<AgentId, { x: number; y: number }>): Edit {
  return (workflow) => {
    const resting = workflow.agents.filter(({ id }) => !places.has(id));
    const agents = workflow.agents.map((agent) => {
      const place = places.get(agent.id);
      if (place === undefined) return agent;
      const position = dropPosition(resting, place);
      resting.push({ ...agent, position });
      if (position.x === agent.position.x && position.y === agent.position.y) return agent;
      return { ...agent, position: { ...agent.position, ...position } };
    });
    if (agents.every((agent, index) => agent === workflow.agents[index])) return workflow;
    const [before, after] = [columnNumbers(workflow.agents), columnNumbers(agents)];
    const moved = [...places.keys()].filter((id) => before.get(id) !== after.get(id));
    return rewire({ ...workflow, agents }, new Set(moved));
  };
}

/** A field that is set to `undefined` is removed. */
export type Change<Value> = { readonly [Key in keyof Value]?: Value[Key] | undefined };

function changed<Value extends object>(value: Value, change: Change<Value>): Value {
  const entries = Object.entries({ ...value, ...change }).filter(([, each]) => each !== undefined);
  // Callers set only optional fields to undefined.
  return Object.fromEntries(entries) as Value;
}

export function updateAgent(id: AgentId, change: Change<Agent>): Edit {
  return (workflow) => ({
    ...workflow,
    agents: workflow.agents.map((agent) => (agent.id === id ? changed(agent, change) : agent)),
  });
}

/**
 * Adds a drawn connection; a loop gets the default number of rounds, so that it ends. It replaces an automatic connection
 * between the same two agents.
 */
export function connect(
  source: AgentId,
  target: AgentId,
  flowType: 'always' | 'loop' = 'always',
): Edit {
  return (workflow) => {
    const isDrawn = workflow.connections.some(
      (each) => each.source === source && each.target === target && !isAutomatic(each),
    );
    if (isDrawn || source === target) return workflow;
    const kept = workflow.connections.filter(
      (each) => !(isAutomatic(each) && each.source === source && each.target === target),
    );
    const drawn: Connection = {
      id: connectionId(freeId(`${source}->${target}`, new Set(kept.map(({ id }) => id)))),
      source,
      target,
      flowType,
      handoffFormat: 'summary',
      ...(flowType === 'loop' && { maxIterations: DEFAULT_ROUNDS }),
    };
    return { ...workflow, connections: [...kept, drawn] };
  };
}

function freeId(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) return wanted;
  for (let number = 2; ; number += 1)
    if (!taken.has(`${wanted}-${number}`)) return `${wanted}-${number}`;
}

/**
 * Removes connections. If one was automatic, the remaining ones of its target become drawn, because automatic connections
 * are created again when columns change.
 */
export function removeConnections(ids: ReadonlySet<ConnectionId>): Edit {
  return (workflow) => {
    const removed = workflow.connections.filter(({ id }) => ids.has(id));
    if (removed.length === 0) return workflow;
    const settled = new Set(removed.filter(isAutomatic).map(({ target }) => target));
    const connections = workflow.connections
      .filter(({ id }) => !ids.has(id))
      .map((each) => (settled.has(each.target) ? asDrawn(each) : each));
    return { ...workflow, connections };
  };
}

/** Removes the selected agents, with all of their connections, and the selected connections in one edit. */
export function removeSelected(
  agents: ReadonlySet<AgentId>,
  connections: ReadonlySet<ConnectionId>,
): Edit {
  return (workflow) => {
    const rest = removeAgents(agents)(workflow);
    const own = workflow.connections
      .filter(
        ({ id, source, target }) =>
          connections.has(id) && !agents.has(source) && !agents.has(target),
      )
      .map(({ id }) => id);
    return removeConnections(new Set(own))(rest);
  };
}

/** Changes a connection, which is no longer automatic afterwards. */
export function updateConnection(id: ConnectionId, change: Change<Connection>): Edit {
  return (workflow) => ({
    ...workflow,
    connections: workflow.connections.map((connection) =>
      connection.id === id ? changed(asDrawn(connection), change) : connection,
    ),
  });
}

export function updateSettings(change: Change<WorkflowSettings>): Edit {
  return (workflow) => ({ ...workflow, settings: changed(workflow.settings, change) });
}

export function updateCloud(change: Change<WorkflowSettings['cloud']>): Edit {
  return (workflow) =>
    updateSettings({ cloud: changed(workflow.settings.cloud, change) })(workflow);
}

export function updateLocal(change: Change<WorkflowSettings['local']>): Edit {
  return (workflow) =>
    updateSettings({ local: changed(workflow.settings.local, change) })(workflow);
}

export function updatePermissions(change: Change<WorkflowSettings['permissions']>): Edit {
  return (workflow) =>
    updateSettings({ permissions: changed(workflow.settings.permissions, change) })(workflow);
}

export function updateBudget(change: Change<WorkflowSettings['budget']>): Edit {
  return (workflow) =>
    updateSettings({ budget: changed(workflow.settings.budget, change) })(workflow);
}

export function updateLoopAndEnhance(change: Change<WorkflowSettings['loopAndEnhance']>): Edit {
  return (workflow) =>
    updateSettings({ loopAndEnhance: changed(workflow.settings.loopAndEnhance, change) })(workflow);
}

export function updateWorkflow(change: Change<Pick<Workflow, 'name' | 'description'>>): Edit {
  return (workflow) => ({ ...workflow, ...change }) as Workflow;
}

/** Arranges the agents by wave, one column per wave. */
export function tidyUp(workflow: Workflow): Workflow {
  const places = new Map(
    wavesOf(workflow).flatMap((wave, column) =>
      wave.map((id, row) => [id, { x: column * columnWidth, y: row * rowHeight }] as const),
    ),
  );
  return {
    ...workflow,
    agents: workflow.agents.map((agent) => ({
      ...agent,
      position: { ...agent.position, ...places.get(agent.id) },
    })),
  };
}

/** Copies agents, with the connections between and to them, to positions below the originals. */
export function duplicateAgents(ids: ReadonlySet<AgentId>, mint: () => AgentId): Edit {
  return (workflow) => {
    const copies = new Map([...ids].map((id) => [id, mint()]));
    const agents = [...workflow.agents];
    for (const agent of workflow.agents.filter(({ id }) => ids.has(id))) {
      const below = { x: agent.position.x, y: agent.position.y + rowHeight };
      agents.push({
        ...agent,
        id: copies.get(agent.id) ?? agent.id,
        name: `${agent.name} copy`,
        position: { ...agent.position, ...dropPosition(agents, below) },
      });
    }
    const connections = workflow.connections.flatMap((connection) => {
      const source = copies.get(connection.source);
      const target = copies.get(connection.target);
      // Upstream agents are connected to the copies too; loops are copied only between copies.
      if (target === undefined || (connection.flowType === 'loop' && source === undefined))
        return [];
      const from = source ?? connection.source;
      return [{ ...connection, id: connectionId(`${from}->${target}`), source: from, target }];
    });
    return {
      ...workflow,
      agents,
      connections: [...workflow.connections, ...connections],
    };
  };
}
