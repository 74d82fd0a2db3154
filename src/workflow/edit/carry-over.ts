import { repositoryKey } from '../repository-url.ts';
import { isSameValue } from '../same-value.ts';
import type { Agent, Connection, Workflow } from '../schema.ts';
import { type ApplyEditsResult, placeNewAgents } from './apply-edits.ts';
import { isAutomatic } from './automatic-connections.ts';
import { differencesOf, type WorkflowDifference } from './differences.ts';
import {
  removeAgents,
  removeConnections,
  updateAgent,
  updateCloud,
  updateConnection,
  updateWorkflow,
} from './operations.ts';

type Edited = { readonly from: Workflow; readonly to: Workflow };
/** The file with the change, or why the change does not fit. */
type Step = Workflow | string;

/**
 * Makes the changes between two versions of a workflow in its file, which a person may have changed since. Changes that
 * the file contains already, for example because they were saved before, are not made again.
 */
export function carryOver({ from, to }: Edited, file: Workflow): ApplyEditsResult {
  const mistakes: string[] = [];
  let merged = file;
  for (const difference of differencesOf(from, to)) {
    const step = carry(difference, to, merged);
    if (typeof step === 'string') mistakes.push(step);
    else merged = step;
  }
  if (mistakes.length > 0) return { ok: false, mistakes };
  const known = new Set(file.agents.map(({ id }) => id));
  return { ok: true, workflow: placeNewAgents(merged, known) };
}

function carry(difference: WorkflowDifference, to: Workflow, file: Workflow): Step {
  const { subject, id } = difference;
  switch (subject) {
    case 'workflow':
      return updateWorkflow(changedFields(difference, to))(file);
    case 'agent':
      return carryAgent(
        difference,
        to.agents.find((agent) => agent.id === id),
        file,
      );
    case 'connection':
      return carryConnection(
        difference,
        to.connections.find((connection) => connection.id === id),
        file,
      );
    case 'repository':
      return carryRepository(difference, to, file);
    default:
      return subject satisfies never;
  }
}

function carryAgent(
  difference: WorkflowDifference,
  agent: Agent | undefined,
  file: Workflow,
): Step {
  if (agent === undefined) {
    const removed = file.agents.filter(({ id }) => id === difference.id);
    return removeAgents(new Set(removed.map(({ id }) => id)))(file);
  }
  if (file.agents.some(({ id }) => id === agent.id))
    return updateAgent(agent.id, changedFields(difference, agent))(file);
  if (difference.kind === 'added') return { ...file, agents: [...file.agents, agent] };
  return `There is no agent "${agent.id}".`;
}

function carryConnection(
  difference: WorkflowDifference,
  connection: Connection | undefined,
  file: Workflow,
): Step {
  const known = file.connections.find(({ id }) => id === difference.id);
  if (connection === undefined)
    return known === undefined ? file : removeConnections(new Set([known.id]))(file);
  if (known !== undefined) {
    const changes = changedFields(difference, connection);
    return isSameValue({ ...known, ...changes }, known)
      ? file
      : updateConnection(known.id, changes)(file);
  }
  if (difference.kind === 'added') return addConnection(connection, file);
  return `There is no connection "${connection.id}".`;
}

function addConnection(connection: Connection, file: Workflow): Step {
  const { source, target } = connection;
  for (const end of [source, target])
    if (!file.agents.some(({ id }) => id === end)) return `There is no agent "${end}".`;
  const between = file.connections.filter(
    (each) => each.source === source && each.target === target,
  );
  const drawn = between.find((each) => !isAutomatic(each));
  if (drawn !== undefined)
    return isSameValue({ ...drawn, id: connection.id }, connection)
      ? file
      : `"${source}" and "${target}" are already connected.`;
  // As on the canvas, a connection takes the place of an automatic one.
  const others = file.connections.filter((each) => !between.includes(each));
  return { ...file, connections: [...others, connection] };
}

/** Edits can only add repositories. */
function carryRepository({ kind, id }: WorkflowDifference, to: Workflow, file: Workflow): Step {
  const { repos } = file.settings.cloud;
  const repository = to.settings.cloud.repos.find(({ url }) => repositoryKey(url) === id);
  const isKnown = repos.some(({ url }) => repositoryKey(url) === id);
  if (kind !== 'added' || repository === undefined || isKnown) return file;
  return updateCloud({ repos: [...repos, repository] })(file);
}

/** The fields that differ, with their new values; `undefined` removes a field. */
function changedFields<Value extends object>(
  { fields }: WorkflowDifference,
  value: Value,
): { [Key in keyof Value]?: Value[Key] | undefined } {
  const values = new Map<string, unknown>(Object.entries(value));
  const entries = fields.map(({ field }) => [field, values.get(field)] as const);
  // Every field is one of the same part, or absent from it.
  return Object.fromEntries(entries) as ReturnType<typeof changedFields<Value>>;
}
