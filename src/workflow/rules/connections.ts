import { capitalized } from '../../lib/format.ts';
import type { AgentId } from '../ids.ts';
import { type Problem, type ProblemPath, problem } from '../problem.ts';
import type { Connection, Workflow } from '../schema.ts';
import { connectionName } from './names.ts';

/**
 * Every connection leads from one agent to another one, is unique, and has a schema if its hand-off needs one. The schema
 * itself is validated elsewhere (`handoff/problems.ts`), because compiling it may take unbounded time.
 */
export function connectionProblems(workflow: Workflow): Problem[] {
  const agentIds = new Set(workflow.agents.map((agent) => agent.id));
  const found: Problem[] = [];
  for (const [index, connection] of workflow.connections.entries()) {
    const path = ['connections', index];
    found.push(
      ...endProblems(connection, agentIds, path),
      ...handoffProblems(workflow, connection, path),
    );
  }
  return [...found, ...reservedIds(workflow), ...duplicates(workflow.connections)];
}

/** Prefixes of the ids of an agent's loop, plan and verdict, which have no connection. */
const reservedPrefixes = ['loop', 'plan', 'verdict'] as const;

function reservedIds({ agents, connections }: Workflow): Problem[] {
  const reserved = new Set(
    agents.flatMap(({ id }) => reservedPrefixes.map((prefix) => `${prefix}:${id}`)),
  );
  return connections.flatMap(({ id }, index) =>
    reserved.has(id)
      ? [
          problem(
            'error',
            'connection_id_reserved',
            ['connections', index, 'id'],
            `Connection "${id}" has an id by which Cerevisor names the loop, plan or verdict of an agent.`,
            'Give the connection another id.',
          ),
        ]
      : [],
  );
}

function endProblems(
  connection: Connection,
  agentIds: ReadonlySet<AgentId>,
  path: ProblemPath,
): Problem[] {
  const { id, source, target, flowType } = connection;
  if (source === target)
    return [
      problem(
        'error',
        'connection_to_itself',
        path,
        `Connection "${id}" connects agent "${source}" to itself.`,
        flowType === 'loop'
          ? 'Remove it, and give the agent its own "loop".'
          : 'Remove it, or choose another target.',
      ),
    ];
  const ends = ['source', 'target'] as const;
  return ends
    .filter((end) => !agentIds.has(connection[end]))
    .map((end) =>
      problem(
        'error',
        'connection_dangling',
        [...path, end],
        `The ${end} of connection "${id}" is agent "${connection[end]}", which does not exist.`,
        'Connect it to an agent of this workflow, or remove it.',
      ),
    );
}

function handoffProblems(workflow: Workflow, connection: Connection, path: ProblemPath): Problem[] {
  if (connection.handoffFormat !== 'structured-json' || connection.handoffSchema !== undefined)
    return [];
  return [
    problem(
      'error',
      'handoff_schema_missing',
      path,
      `${capitalized(connectionName(workflow, connection))} passes on structured JSON but has no "handoffSchema".`,
      'Add a JSON Schema, or choose another hand-off format.',
    ),
  ];
}

function duplicates(connections: readonly Connection[]): Problem[] {
  const found: Problem[] = [];
  const firstById = new Map<string, number>();
  const firstByEnds = new Map<string, number>();
  for (const [index, { id, source, target }] of connections.entries()) {
    const ends = JSON.stringify([source, target]);
    const sameEnds = firstByEnds.get(ends);
    const sameId = firstById.get(id);
    if (sameEnds !== undefined)
      found.push(
        problem(
          'error',
          'connection_duplicate',
          ['connections', index],
          `Connections ${sameEnds + 1} and ${index + 1} both connect "${source}" to "${target}".`,
          'Keep one of them.',
        ),
      );
    else if (sameId !== undefined)
      found.push(
        problem(
          'error',
          'connection_id_duplicate',
          ['connections', index, 'id'],
          `Connections ${sameId + 1} and ${index + 1} have the same id "${id}".`,
          'Give one of them another id.',
        ),
      );
    if (sameEnds === undefined) firstByEnds.set(ends, index);
    if (sameId === undefined) firstById.set(id, index);
  }
  return found;
}
