import { z } from 'zod';
import { type OwnTool, type Question, ToolProblem } from './own-tool.ts';

type Definition<Schema extends z.ZodObject> = Omit<
  OwnTool<z.output<Schema>>,
  'inputSchema' | 'read' | 'question'
> & {
  readonly input: Schema;
  readonly question?: (input: z.output<Schema>) => Question | Promise<Question>;
};

/** A tool whose input is checked by a schema, which is also what the model is shown. */
export function defineTool<Schema extends z.ZodObject>({
  input,
  question = () => ({}),
  ...tool
}: Definition<Schema>): OwnTool {
  const { $schema: _, ...inputSchema } = z.toJSONSchema(input, { io: 'input' });
  const defined: OwnTool<z.output<Schema>> = {
    ...tool,
    inputSchema,
    read: (raw) => {
      const parsed = input.safeParse(withoutNulls(raw));
      if (parsed.success) return parsed.data;
      throw new ToolProblem(`The arguments are not valid: ${z.prettifyError(parsed.error)}`);
    },
    question,
  };
  // Whoever calls `question` and `run` passes what `read` returned, and nothing else.
  return defined as unknown as OwnTool;
}

/** Models write null for what they leave out. */
function withoutNulls(raw: unknown): unknown {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return raw;
  return Object.fromEntries(Object.entries(raw).filter(([, value]) => value !== null));
}

/** Numbers and truth values that weaker models write as text. */
export const count = (description: string) =>
  z.coerce.number().int().min(1).optional().describe(description);
export const flag = (description: string) =>
  z.union([z.boolean(), z.stringbool()]).optional().describe(description);
