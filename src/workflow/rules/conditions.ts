import { isBlank } from '../../lib/blank.ts';
import { type Branches, branchesOf } from '../branches.ts';
import { type Problem, problem } from '../problem.ts';
import type { Connection, Workflow } from '../schema.ts';

/** Conditional connections have a condition, and else branches have a conditional sibling. */
export function conditionProblems(workflow: Workflow): Problem[] {
  const branches = branchesOf(workflow);
  return workflow.connections.flatMap((connection, index) => {
    if (connection.flowType !== 'conditional') return notConditional(connection, index);
    if (connection.isElse === true)
      return elseProblems(connection, index, branches.get(connection.source));
    return conditionProblem(connection, index);
  });
}

function conditionProblem({ id, condition, expression }: Connection, index: number): Problem[] {
  // A blank expression is reported as invalid (`rules/expressions.ts`).
  if (isBlank(condition) && expression === undefined)
    return [
      problem(
        'error',
        'condition_missing',
        ['connections', index],
        `Connection "${id}" is conditional but has no condition.`,
        'Describe in "condition" when to take it, write an "expression", or set "isElse" to take it when no other condition holds.',
      ),
    ];
  if (isBlank(condition) || isBlank(expression)) return [];
  return [
    problem(
      'warning',
      'condition_without_effect',
      ['connections', index, 'condition'],
      `Connection "${id}" has both a condition and an expression; only the expression is used.`,
      'Keep one of the two.',
    ),
  ];
}

function elseProblems(
  connection: Connection,
  index: number,
  branches: Branches | undefined,
): Problem[] {
  const { id, source, condition, expression } = connection;
  const [first] = branches?.otherwise ?? [];
  if (branches === undefined || branches.conditions.length === 0)
    return [
      problem(
        'error',
        'else_without_condition',
        ['connections', index, 'isElse'],
        `Connection "${id}" is an else branch, but no other connection from agent "${source}" has a condition.`,
        'Add a conditional connection from the same agent, or replace "isElse" with a condition.',
      ),
    ];
  if (first !== undefined && first !== connection)
    return [
      problem(
        'error',
        'else_duplicate',
        ['connections', index, 'isElse'],
        `Connections "${first.id}" and "${id}" are both else branches of agent "${source}", so both would be taken.`,
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
      `Connection "${id}" is an else branch, so its own condition has no effect.`,
      `Remove "${field}", or "isElse".`,
    ),
  ];
}

/** A condition without the flow type `conditional` has no effect, which is probably a mistake. */
function notConditional(
  { id, flowType, isElse, expression }: Connection,
  index: number,
): Problem[] {
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
      `"${field}" of connection "${id}" has no effect, because its flow type is "${flowType}".`,
      'Set "flowType" to "conditional", or remove it.',
    ),
  ];
}
