import type { HandoffChecker } from '../src/handoff/checker.ts';
import { readHandoff } from '../src/handoff/read.ts';
import { compileHandoffSchema } from '../src/handoff/schema.ts';

/** Checks hand-offs here and now, for tests whose schemas and answers do no harm. */
export const directChecker: HandoffChecker = {
  read: async (wish, message) => readHandoff(wish, message),
  schemaFault: async (schema) => {
    const compiled = compileHandoffSchema(schema);
    return compiled.ok ? null : compiled.message;
  },
};
