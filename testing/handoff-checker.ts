import type { HandoffChecker } from '../src/handoff/checker.ts';
import { readDecisions } from '../src/handoff/decisions.ts';
import { readHandoff } from '../src/handoff/read.ts';
import { compileHandoffSchema } from '../src/handoff/schema.ts';
import { evaluateExpression } from '../src/workflow/expression.ts';

/** Checks hand-offs in this process, for tests with harmless schemas and answers. */
export const directChecker: HandoffChecker = {
  read: async (wish, message) => readHandoff(wish, message),
  readDecisions: async (message, wanted) => readDecisions(message, wanted),
  evaluate: async (expression, handoff, round) =>
    evaluateExpression(expression, { handoff: JSON.parse(handoff), round }),
  schemaFault: async (schema) => {
    const compiled = compileHandoffSchema(schema);
    return compiled.ok ? null : compiled.message;
  },
};
