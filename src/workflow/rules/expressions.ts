import { expressionFault, handoffUse } from '../expression.ts';
import { type Problem, problem } from '../problem.ts';
import type { Connection, Workflow } from '../schema.ts';
import { connectionName } from './names.ts';

/**
 * Expressions are valid, and have a structured hand-off. Not part of `validateWorkflow`, so that the command line does not
 * have to load the CEL library.
 */
export function expressionProblems(workflow: Pick<Workflow, 'agents' | 'connections'>): Problem[] {
  return workflow.connections.flatMap((connection, index) =>
    decides(connection) ? problemsOf(workflow, connection, connection.expression ?? '', index) : [],
  );
}

const decides = ({ flowType, expression, isElse }: Connection): boolean =>
  expression !== undefined &&
  (flowType === 'loop' || (flowType === 'conditional' && isElse !== true));

function problemsOf(
  workflow: Pick<Workflow, 'agents'>,
  connection: Connection,
  expression: string,
  index: number,
): Problem[] {
  const name = connectionName(workflow, connection);
  const { handoffFormat } = connection;
  const path = ['connections', index, 'expression'];
  const fault = expressionFault(expression);
  if (fault !== null)
    return [
      problem(
        'error',
        'expression_invalid',
        path,
        `The expression of ${name} cannot be used: ${fault.message}${fault.offset === null ? '' : ` (character ${fault.offset + 1})`}.`,
        'Write it in CEL, over the fields of "handoff", such as handoff.approved && size(handoff.findings) == 0.',
      ),
    ];
  const { isRead, fields } = handoffUse(expression);
  if (isRead && handoffFormat !== 'structured-json')
    return [
      problem(
        'error',
        'expression_without_structure',
        path,
        `The expression of ${name} reads the hand-off, which is text and has no fields.`,
        'Set "handoffFormat" to "structured-json" and give it a "handoffSchema", or use a condition in plain words.',
      ),
    ];
  return [...fields]
    .filter((field) => !mayHave(connection.handoffSchema, field))
    .map((field) =>
      problem(
        'warning',
        'expression_field_unknown',
        path,
        `The expression of ${name} reads the field ${JSON.stringify(field)}, which "handoffSchema" does not define.`,
        'Correct the name, or add the field to the schema.',
      ),
    );
}

/** Whether a schema may define a field. True for schemas that use more than `properties`. */
function mayHave(schema: Connection['handoffSchema'], field: string): boolean {
  if (typeof schema !== 'object') return true;
  const { properties, ...rest } = schema;
  if (typeof properties !== 'object' || properties === null) return true;
  const isOpen = ['$ref', '$dynamicRef', 'allOf', 'anyOf', 'oneOf', 'if', 'patternProperties'].some(
    (keyword) => keyword in rest,
  );
  return isOpen || Object.hasOwn(properties, field);
}
