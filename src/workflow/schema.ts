import { z } from 'zod';
import { agentIdSchema, connectionId, workflowIdSchema } from './ids.ts';
import {
  agentModes,
  imageSchema,
  modelParametersSchema,
  subagentSchema,
} from './schema/cursor-options.ts';
import { agentLoopSchema } from './schema/loop-settings.ts';
import { runModes, workflowSettingsSchema } from './schema/settings.ts';

export const WORKFLOW_VERSION = '1.0';

export const handoffFormats = [
  'summary',
  'structured-json',
  'file-reference',
  'full-output',
] as const;
export const flowTypes = ['always', 'conditional', 'approval-gate', 'loop'] as const;

const positionSchema = z.looseObject({ x: z.number().default(0), y: z.number().default(0) });

/** What the agent must deliver: text, or text with named fields. */
const outputDefinitionSchema = z.union(
  [
    z.string(),
    z.looseObject({
      description: z.string().default(''),
      fields: z
        .array(z.looseObject({ name: z.string(), description: z.string().exactOptional() }))
        .default([]),
    }),
  ],
  { error: 'must be text, or an object with "description" and "fields"' },
);

export const agentSchema = z.looseObject({
  id: agentIdSchema,
  name: z.string(),
  role: z.string().default('custom'),
  instructions: z.string().default(''),
  outputDefinition: outputDefinitionSchema.exactOptional(),
  inputFiles: z.array(z.string()).default([]),
  outputFiles: z.array(z.string()).default([]),
  /** The id of a model; the provider's default if absent. */
  model: z.string().exactOptional(),
  modelParameters: modelParametersSchema.exactOptional(),
  /** `agent` if absent. */
  mode: z.enum(agentModes).exactOptional(),
  /** Shown to the agent with its prompt. */
  images: z.array(imageSchema).exactOptional(),
  subagents: z.array(subagentSchema).exactOptional(),
  /** Overrides the workflow's provider for this agent. */
  providerId: z.string().exactOptional(),
  /** Overrides the workflow's run mode for this agent. */
  runMode: z.enum(runModes).exactOptional(),
  /** The agent proposes a plan, waits for approval, and carries it out in the same thread. */
  planFirst: z.boolean().exactOptional(),
  loop: agentLoopSchema.exactOptional(),
  position: positionSchema.prefault({}),
});

const connectionSchema = z
  .looseObject({
    // An empty id is replaced by the overwrite below.
    id: z.string().brand<'ConnectionId'>().prefault(''),
    source: agentIdSchema,
    target: agentIdSchema,
    flowType: z.enum(flowTypes).default('always'),
    handoffFormat: z.enum(handoffFormats).default('summary'),
    /** JSON Schema of the hand-off; required for `structured-json`. */
    handoffSchema: z.union([z.record(z.string(), z.unknown()), z.boolean()]).exactOptional(),
    dataDescription: z.string().exactOptional(),
    /** In words; the source agent decides whether it holds. */
    condition: z.string().exactOptional(),
    /** Decides instead of `condition`: a CEL expression over the structured hand-off (`expression.ts`). */
    expression: z.string().exactOptional(),
    isElse: z.boolean().exactOptional(),
    label: z.string().exactOptional(),
    approvalPrompt: z.string().exactOptional(),
    /** When a loop ends, in words. */
    loopCondition: z.string().exactOptional(),
    /** Total rounds of a loop; `DEFAULT_ROUNDS` if absent. */
    maxIterations: z.int().min(1).exactOptional(),
  })
  .overwrite((connection) =>
    connection.id === ''
      ? { ...connection, id: connectionId(`${connection.source}->${connection.target}`) }
      : connection,
  );

const viewportSchema = z.looseObject({
  x: z.number().default(0),
  y: z.number().default(0),
  zoom: z.number().positive().default(1),
});

/** The document of a `.cerevisor` file. Unknown fields are preserved at every level. */
export const workflowSchema = z.looseObject({
  version: z.literal(WORKFLOW_VERSION),
  id: workflowIdSchema,
  name: z.string(),
  description: z.string().default(''),
  agents: z.array(agentSchema),
  columns: z.array(z.unknown()).default([]),
  connections: z.array(connectionSchema).default([]),
  settings: workflowSettingsSchema.prefault({}),
  viewport: viewportSchema.prefault({}),
});

export type Workflow = z.infer<typeof workflowSchema>;
export type WorkflowInput = z.input<typeof workflowSchema>;
export type Agent = z.infer<typeof agentSchema>;
export type Connection = z.infer<typeof connectionSchema>;
export type HandoffFormat = (typeof handoffFormats)[number];
export type FlowType = (typeof flowTypes)[number];
export type OutputDefinition = z.infer<typeof outputDefinitionSchema>;
