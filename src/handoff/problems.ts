import { type Problem, problem } from '../workflow/problem.ts';
import { expressionProblems } from '../workflow/rules/expressions.ts';
import { connectionName } from '../workflow/rules/names.ts';
import type { RunConditions } from '../workflow/rules/run.ts';
import type { Workflow } from '../workflow/schema.ts';
import { bySeverity, validateWorkflow } from '../workflow/validate.ts';
import { type HandoffChecker, STOPPED } from './checker.ts';

/** Problems of a workflow's hand-off schemas: the part of validation that needs a separate process. */
export async function handoffSchemaProblems(
  workflow: Pick<Workflow, 'agents' | 'connections'>,
  checker: HandoffChecker,
): Promise<Problem[]> {
  const found: Problem[] = [];
  for (const [index, connection] of workflow.connections.entries()) {
    const { handoffFormat, handoffSchema } = connection;
    if (handoffFormat !== 'structured-json' || handoffSchema === undefined) continue;
    const fault = await checker.schemaFault(handoffSchema);
    if (fault === null) continue;
    found.push(
      problem(
        'error',
        'handoff_schema_invalid',
        ['connections', index, 'handoffSchema'],
        `The hand-off schema of ${connectionName(workflow, connection)} cannot be used: ${fault}.`,
        'Correct or simplify the schema.',
      ),
    );
    if (fault === STOPPED) break;
  }
  return found;
}

/** All problems of a workflow, errors first; used by `validate`, the canvas and `run` alike. */
export async function workflowProblems(
  workflow: Workflow,
  checker: HandoffChecker,
  conditions: RunConditions = {},
): Promise<Problem[]> {
  const schemaProblems = await handoffSchemaProblems(workflow, checker);
  return [
    ...schemaProblems,
    ...bySeverity([...expressionProblems(workflow), ...validateWorkflow(workflow, conditions)]),
  ];
}
