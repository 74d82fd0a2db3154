import type { AgentId, ConnectionId } from '../ids.ts';
import { repositoryKey } from '../repository-url.ts';
import { type Agent, agentSchema, type Workflow } from '../schema.ts';
import { columnWidth, dropPosition } from './columns.ts';
import type { WorkflowEdit, WorkflowEditOf } from './edit-schema.ts';
import {
  connect,
  removeAgents,
  removeConnections,
  updateAgent,
  updateCloud,
  updateConnection,
  updateWorkflow,
} from './operations.ts';
import { freeId } from './unique-names.ts';

export type ApplyEditsResult =
  | { readonly ok: true; readonly workflow: Workflow }
  /** One line for each edit that does not fit. */
  | { readonly ok: false; readonly mistakes: readonly string[] };

type Step = Workflow | { readonly mistake: string };

/** Applies proposed edits in order with the operations of the canvas. Applies all of them or none. */
export function applyEdits(workflow: Workflow, edits: readonly WorkflowEdit[]): ApplyEditsResult {
  const mistakes: string[] = [];
  let edited = workflow;
  for (const [index, edit] of edits.entries()) {
    const step = applyEdit(edited, edit);
    if ('mistake' in step) mistakes.push(`Edit ${index + 1} (${edit.kind}): ${step.mistake}`);
    else edited = step;
  }
  if (mistakes.length > 0) return { ok: false, mistakes };
  const known = new Set(workflow.agents.map(({ id }) => id));
  return { ok: true, workflow: placeNewAgents(edited, known) };
}

function applyEdit(workflow: Workflow, edit: WorkflowEdit): Step {
  switch (edit.kind) {
    case 'add-agent':
      return addAgent(workflow, edit);
    case 'update-agent':
      return withAgent(workflow, edit.agentId, () =>
        updateAgent(edit.agentId, withoutNull(edit.set))(workflow),
      );
    case 'remove-agent':
      return withAgent(workflow, edit.agentId, () =>
        removeAgents(new Set([edit.agentId]))(workflow),
      );
    case 'connect':
      return connectAgents(workflow, edit);
    case 'update-connection':
      return withConnection(workflow, edit.connectionId, () =>
        updateConnection(edit.connectionId, withoutNull(edit.set))(workflow),
      );
    case 'remove-connection':
      return withConnection(workflow, edit.connectionId, () =>
        removeConnections(new Set([edit.connectionId]))(workflow),
      );
    case 'describe-workflow':
      return updateWorkflow({ description: edit.description })(workflow);
    case 'add-repository':
      return withRepository(workflow, edit);
    default:
      return edit satisfies never;
  }
}

function addAgent(workflow: Workflow, { agent }: WorkflowEditOf<'add-agent'>): Step {
  const id = agent.id ?? freeId(new Set(workflow.agents.map((one) => one.id)), agent.name);
  if (workflow.agents.some((one) => one.id === id))
    return { mistake: `there is already an agent "${id}".` };
  // The schema fills in what every agent has.
  const whole: Agent = agentSchema.parse({ ...agent, id });
  return { ...workflow, agents: [...workflow.agents, whole] };
}

function connectAgents(
  workflow: Workflow,
  { source, target, set = {} }: WorkflowEditOf<'connect'>,
): Step {
  for (const end of [source, target])
    if (!workflow.agents.some(({ id }) => id === end))
      return { mistake: `there is no agent "${end}".` };
  if (source === target) return { mistake: 'an agent cannot be connected to itself.' };
  const drawn = connect(source, target)(workflow);
  const connection = drawn.connections.at(-1);
  if (drawn === workflow || connection === undefined)
    return { mistake: `"${source}" and "${target}" are already connected.` };
  return updateConnection(connection.id, set)(drawn);
}

function withRepository(
  workflow: Workflow,
  { repository }: WorkflowEditOf<'add-repository'>,
): Step {
  const { repos } = workflow.settings.cloud;
  const key = repositoryKey(repository.url);
  if (repos.some(({ url }) => repositoryKey(url) === key))
    return { mistake: `the repository ${repository.url} is already a target.` };
  return updateCloud({ repos: [...repos, repository] })(workflow);
}

function withAgent(workflow: Workflow, wanted: AgentId, change: () => Workflow): Step {
  return workflow.agents.some(({ id }) => id === wanted)
    ? change()
    : { mistake: `there is no agent "${wanted}".` };
}

function withConnection(workflow: Workflow, wanted: ConnectionId, change: () => Workflow): Step {
  return workflow.connections.some(({ id }) => id === wanted)
    ? change()
    : { mistake: `there is no connection "${wanted}".` };
}

/** Operations remove fields that are set to undefined; edits use null for that. */
function withoutNull<Value extends object>(
  value: Value,
): { [Key in keyof Value]: Exclude<Value[Key], null> | undefined } {
  const entries = Object.entries(value).map(([key, each]) => [key, each ?? undefined]);
  // The same keys, with undefined in place of null.
  return Object.fromEntries(entries) as ReturnType<typeof withoutNull<Value>>;
}

/** Places new agents in the column after their upstream agents. */
export function placeNewAgents(workflow: Workflow, known: ReadonlySet<AgentId>): Workflow {
  let agents: readonly Agent[] = workflow.agents.filter(({ id }) => known.has(id));
  for (const agent of workflow.agents.filter(({ id }) => !known.has(id))) {
    const before = workflow.connections
      .filter(({ target, flowType }) => target === agent.id && flowType !== 'loop')
      .flatMap(({ source }) => agents.find(({ id }) => id === source) ?? []);
    const wanted = {
      x: Math.max(-columnWidth, ...before.map(({ position }) => position.x)) + columnWidth,
      y: Math.min(...[...before, ...agents].slice(0, 1).map(({ position }) => position.y), 10_000),
    };
    agents = [
      ...agents,
      { ...agent, position: { ...agent.position, ...dropPosition(agents, wanted) } },
    ];
  }
  return { ...workflow, agents: [...agents] };
}
