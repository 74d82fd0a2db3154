import { isBlank } from '../../lib/blank.ts';
import { capitalized } from '../../lib/format.ts';
import { agentName } from '../agent-name.ts';
import { type Branches, branchesOf } from '../branches.ts';
import { type Problem, problem } from '../problem.ts';
import type { Connection, Workflow } from '../schema.ts';
import { connectionName } from './names.ts';

/** Conditional connections have a condition, and else branches have a conditional sibling. */
export function conditionProblems(workflow: Workflow): Problem[] {
  const branches = branchesOf(workflow);
  return workflow.connections.flatMap((connection, index) => {
    if (connection.flowType !== 'conditional') return notConditional(workflow, connection, index);
    if (connection.isElse === true)
      return elseProblems(workflow, connection, index, branches.get(connection.source));
    return conditionProblem(workflow, connection, index);
  });
}

function conditionProblem(workflow: Workflow, connection: Connection, index: number): Problem[] {
  const { condition, expression } = connection;
  const name = capitalized(connectionName(workflow, connection));
  // A blank expression is reported as invalid (`rules/expressions.ts`).
  if (isBlank(condition) && expression === undefined)
    return [
      problem(
        'error',
        'condition_missing',
        ['connections', index],
        `${name} is conditional but has no condition.`,
        'Describe in "condition" when to take it, write an "expression", or set "isElse" to take it when no other condition holds.',
      ),
    ];
  if (isBlank(condition) || isBlank(expression)) return [];
  return [
    problem(
      'warning',
      'condition_without_effect',
      ['connections', index, 'condition'],
      `${name} has both a condition and an expression; only the expression is used.`,
      'Keep one of the two.',
    ),
  ];
}

function elseProblems(
  workflow: Workflow,
  connection: Connection,
  index: number,
  branches: Branches | undefined,
): Problem[] {
  const { condition, expression } = connection;
  const name = capitalized(connectionName(workflow, connection));
  const source = agentName(workflow, connection.source);
  const [first] = branches?.otherwise ?? [];
  if (branches === undefined || branches.conditions.length === 0)
    return [
      problem(
        'error',
        'else_without_condition',
        ['connections', index, 'isElse'],
        `${name} is an else branch, but no other connection from "${source}" has a condition.`,
        'Add a conditional connection from the same agent, or replace "isElse" with a condition.',
      ),
    ];
  if (first !== undefined && first !== connection)
    return [
      problem(
        'error',
        'else_duplicate',
        ['connections', index, 'isElse'],
        `${capitalized(connectionName(workflow, first))} and ${connectionName(workflow, connection)} are both else branches of "${source}", so both would be taken.`,
        'Keep one else branch, and give the other connection a condition.',
      ),
    ];
  const field = isBlank(condition) ? 'expression' : 'condition';
  if (isBlank(condition) && isBlank(expression)) return [];
  return [
    problem(
      'warning',
      'condition_without_effect',
      ['connections', index, field],
      `${name} is an else branch, so its own condition has no effect.`,
      `Remove "${field}", or "isElse".`,
    ),
  ];
}

/** A condition without the flow type `conditional` has no effect, which is probably a mistake. */
function notConditional(workflow: Workflow, connection: Connection, index: number): Problem[] {
  const { flowType, isElse, expression } = connection;
  const field =
    isElse === true
      ? 'isElse'
      : expression !== undefined && flowType !== 'loop'
        ? 'expression'
        : undefined;
  if (field === undefined) return [];
  return [
    problem(
      'warning',
      'condition_without_effect',
      ['connections', index, field],
      `"${field}" of ${connectionName(workflow, connection)} has no effect, because its flow type is "${flowType}".`,
      'Set "flowType" to "conditional", or remove it.',
    ),
  ];
}
