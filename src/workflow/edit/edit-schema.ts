import { z } from 'zod';
import { agentIdSchema, connectionId } from '../ids.ts';
import { agentModes, modelParametersSchema } from '../schema/cursor-options.ts';
import { flowTypes, handoffFormats } from '../schema.ts';

/**
 * Edits of a workflow as data: the operations of the canvas, as the planner proposes them. They change what agents do and
 * how they are connected. They cannot change where agents run, what they may do, or what leaves this machine, except for
 * adding a repository, which the user has to approve.
 */

const text = z.string().max(100_000);
const rounds = z.int().min(1);
const connection = z
  .string()
  .max(400)
  .transform((id) => connectionId(id));

const outputDefinition = z.union([
  text,
  z.strictObject({
    description: text,
    fields: z.array(z.strictObject({ name: text, description: text.exactOptional() })),
  }),
]);
const loop = z.strictObject({
  exitCondition: text.default(''),
  promptTemplate: text.exactOptional(),
  maxIterations: rounds.exactOptional(),
});

/** Required fields of an agent, followed by optional ones, which `null` removes. */
const agentFields = {
  name: text,
  role: text,
  instructions: text,
  inputFiles: z.array(text),
  outputFiles: z.array(text),
} as const;
const optionalAgentFields = {
  outputDefinition,
  model: text,
  modelParameters: modelParametersSchema,
  mode: z.enum(agentModes),
  planFirst: z.boolean(),
  loop,
} as const;

const connectionFields = { flowType: z.enum(flowTypes), handoffFormat: z.enum(handoffFormats) };
const optionalConnectionFields = {
  handoffSchema: z.union([z.record(z.string(), z.unknown()), z.boolean()]),
  dataDescription: text,
  condition: text,
  expression: text,
  isElse: z.boolean(),
  label: text,
  approvalPrompt: text,
  loopCondition: text,
  maxIterations: rounds,
} as const;

function optional<Shape extends Record<string, z.ZodType>>(shape: Shape) {
  return z.strictObject(shape).partial().shape;
}

function removable<Shape extends Record<string, z.ZodType>>(shape: Shape) {
  const entries = Object.entries(shape).map(([key, schema]) => [key, schema.nullable()] as const);
  // The keys are those of the shape, each with its schema or null.
  const all = Object.fromEntries(entries) as { [Key in keyof Shape]: z.ZodNullable<Shape[Key]> };
  return z.strictObject(all).partial().shape;
}

export const workflowEditSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('add-agent'),
    agent: z.strictObject({
      id: agentIdSchema.exactOptional().describe('If absent, derived from the name'),
      ...optional({ ...agentFields, ...optionalAgentFields }),
      name: text,
      instructions: text,
    }),
  }),
  z.strictObject({
    kind: z.literal('update-agent'),
    agentId: agentIdSchema,
    set: z.strictObject({ ...optional(agentFields), ...removable(optionalAgentFields) }),
  }),
  z.strictObject({ kind: z.literal('remove-agent'), agentId: agentIdSchema }),
  z.strictObject({
    kind: z.literal('connect'),
    source: agentIdSchema,
    target: agentIdSchema,
    set: z
      .strictObject(optional({ ...connectionFields, ...optionalConnectionFields }))
      .exactOptional(),
  }),
  z.strictObject({
    kind: z.literal('update-connection'),
    connectionId: connection,
    set: z.strictObject({ ...optional(connectionFields), ...removable(optionalConnectionFields) }),
  }),
  z.strictObject({ kind: z.literal('remove-connection'), connectionId: connection }),
  z.strictObject({ kind: z.literal('describe-workflow'), description: text }),
  z.strictObject({
    kind: z.literal('add-repository'),
    repository: z.strictObject({ url: text, startingRef: text.exactOptional() }),
  }),
]);

/** The planner's answer. No edits means that no edit would help. */
export const proposalSchema = z.strictObject({
  summary: z.string().max(10_000).describe('What is changed and why, in a few sentences'),
  edits: z.array(workflowEditSchema).max(200),
});

export type WorkflowEdit = z.infer<typeof workflowEditSchema>;
export type WorkflowEditOf<Kind extends WorkflowEdit['kind']> = Extract<
  WorkflowEdit,
  { kind: Kind }
>;
export type WorkflowProposal = z.infer<typeof proposalSchema>;

/** The same as JSON Schema, for the planner's prompt. */
export const proposalJsonSchema = (): Record<string, unknown> =>
  z.toJSONSchema(proposalSchema, { io: 'input', target: 'draft-7' });
