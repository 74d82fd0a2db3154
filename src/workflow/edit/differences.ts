import { agentName } from '../agent-name.ts';
import { repositoryKey } from '../repository-url.ts';
import { isSameValue } from '../same-value.ts';
import type { Agent, Connection, Workflow } from '../schema.ts';

/** One difference between two versions of a workflow. Positions on the canvas are ignored. */
export type WorkflowDifference = {
  readonly kind: 'added' | 'removed' | 'changed';
  readonly subject: 'workflow' | 'agent' | 'connection' | 'repository';
  readonly id: string;
  /** The display name. */
  readonly name: string;
  readonly fields: readonly FieldDifference[];
};

export type FieldDifference = {
  readonly field: string;
  /** Null if the field was absent. */
  readonly before: string | null;
  /** Null if the field is absent. */
  readonly after: string | null;
};

const canvasFields: ReadonlySet<string> = new Set(['id', 'position', 'isAutomatic']);

export function differencesOf(before: Workflow, after: Workflow): WorkflowDifference[] {
  return [
    ...ofWorkflow(before, after),
    ...partsOf('agent', before.agents, after.agents, ({ name }: Agent) => name),
    ...partsOf('connection', before.connections, after.connections, (connection) =>
      endsOf(connection, [...after.agents, ...before.agents]),
    ),
    ...partsOf('repository', reposOf(before), reposOf(after), ({ url }) => url),
  ];
}

function ofWorkflow(before: Workflow, after: Workflow): WorkflowDifference[] {
  const fields = fieldsOf(
    { name: before.name, description: before.description },
    { name: after.name, description: after.description },
  );
  if (fields.length === 0) return [];
  return [{ kind: 'changed', subject: 'workflow', id: after.id, name: after.name, fields }];
}

type Part = { readonly id: string };

function partsOf<One extends Part>(
  subject: WorkflowDifference['subject'],
  before: readonly One[],
  after: readonly One[],
  nameOf: (part: One) => string,
): WorkflowDifference[] {
  const found: WorkflowDifference[] = [];
  for (const old of before) {
    const kept = after.find(({ id }) => id === old.id);
    const fields = fieldsOf(old, kept ?? {});
    const about = { subject, id: old.id, name: nameOf(kept ?? old), fields };
    if (kept === undefined) found.push({ kind: 'removed', ...about });
    else if (fields.length > 0) found.push({ kind: 'changed', ...about });
  }
  for (const added of after)
    if (!before.some(({ id }) => id === added.id))
      found.push({
        kind: 'added',
        subject,
        id: added.id,
        name: nameOf(added),
        fields: fieldsOf({}, added),
      });
  return found;
}

function fieldsOf(before: object, after: object): FieldDifference[] {
  const old = new Map<string, unknown>(Object.entries(before));
  const now = new Map<string, unknown>(Object.entries(after));
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((field) => {
    const [one, other] = [old.get(field), now.get(field)];
    if (canvasFields.has(field) || isSameValue(one, other)) return [];
    const difference = { field, before: textOf(one), after: textOf(other) };
    return difference.before === difference.after ? [] : [difference];
  });
}

/** The text of a value; null if it is empty or absent. */
function textOf(value: unknown): string | null {
  if (value === undefined || value === '') return null;
  if (Array.isArray(value)) {
    if (value.length === 0) return null;
    if (value.every((each) => typeof each === 'string')) return value.join('\n');
  }
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

function endsOf({ source, target }: Connection, agents: readonly Agent[]): string {
  return `${agentName({ agents }, source)} → ${agentName({ agents }, target)}`;
}

const reposOf = ({ settings }: Workflow) =>
  settings.cloud.repos.map((repository) => ({
    ...repository,
    id: repositoryKey(repository.url),
  }));
