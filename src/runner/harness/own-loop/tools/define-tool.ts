import { z } from 'zod';
import { type PermissionDetails, type Tool, ToolError } from './tool.ts';

type Definition<Schema extends z.ZodObject> = Omit<
  Tool<z.output<Schema>>,
  'inputSchema' | 'read' | 'permissionDetails'
> & {
  readonly input: Schema;
  readonly permissionDetails?: (
    input: z.output<Schema>,
  ) => PermissionDetails | Promise<PermissionDetails>;
};

/** Defines a tool whose input is validated by a schema, which is also sent to the model. */
export function defineTool<Schema extends z.ZodObject>({
  input,
  permissionDetails = () => ({}),
  ...tool
}: Definition<Schema>): Tool {
  const { $schema: _, ...inputSchema } = z.toJSONSchema(input, { io: 'input' });
  const defined: Tool<z.output<Schema>> = {
    ...tool,
    inputSchema,
    read: (raw) => {
      const parsed = input.safeParse(withoutNulls(raw));
      if (parsed.success) return parsed.data;
      throw new ToolError(`The arguments are not valid: ${z.prettifyError(parsed.error)}`);
    },
    permissionDetails,
  };
  // Callers of `permissionDetails` and `run` pass only values that `read` returned.
  return defined as unknown as Tool;
}

/** Models send null for omitted arguments. */
function withoutNulls(raw: unknown): unknown {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return raw;
  return Object.fromEntries(Object.entries(raw).filter(([, value]) => value !== null));
}

/** Numbers and booleans, which weaker models send as strings. */
export const count = (description: string) =>
  z.coerce.number().int().min(1).optional().describe(description);
export const flag = (description: string) =>
  z.union([z.boolean(), z.stringbool()]).optional().describe(description);
