import { z } from 'zod';
import { variableNamesSchema } from './cursor-options.ts';
import { localSettingsSchema, permissionSettingsSchema } from './local-settings.ts';
import { loopAndEnhanceSchema } from './loop-settings.ts';

export const runModes = ['local', 'cloud'] as const;

/** A git repository that cloud agents work in, as Cursor's `repos[]` takes it. */
const repositoryTargetSchema = z.looseObject({
  url: z.string(),
  /** A branch or a commit; the repository's default branch when absent. */
  startingRef: z.string().exactOptional(),
  /** A pull request to work on, which determines where agents start. */
  prUrl: z.string().exactOptional(),
});

/** Where Cursor runs the agents, as in its create request. */
const cloudEnvironmentSchema = z.looseObject({
  type: z.enum(['cloud', 'pool', 'machine']),
  name: z.string().exactOptional(),
});

const cloudSettingsSchema = z.looseObject({
  repos: z.array(repositoryTargetSchema).default([]),
  autoCreatePR: z.boolean().default(false),
  /** Which agents open a pull request if `autoCreatePR` is on. */
  pullRequests: z.enum(['final-agents', 'each-agent']).default('final-agents'),
  /** Agents push to the branch that they start from instead of a new one. */
  workOnCurrentBranch: z.boolean().exactOptional(),
  /** With `autoCreatePR`: no reviewers are requested. */
  skipReviewerRequest: z.boolean().exactOptional(),
  /** With `autoCreatePR`: pull requests are opened by the Cursor GitHub App instead of the user. */
  openAsCursorGithubApp: z.boolean().exactOptional(),
  /** Names of variables for the agents' shells; their values are read on this machine at each launch. */
  envVars: variableNamesSchema.exactOptional(),
  /** Confirms that the agents need no repository; otherwise, `repos` must not be empty. */
  allowNoRepository: z.boolean().default(false),
  env: cloudEnvironmentSchema.exactOptional(),
  maxConcurrentAgents: z.int().min(1).max(1000).exactOptional(),
  /** Attempts per agent; 1 means that a failed agent is not retried. */
  maxAttempts: z.int().min(1).max(10).default(1),
});

/**
 * An MCP server in the shape of Cursor's inline `mcpServers[]`. The schema is loose, so that saving preserves unknown
 * fields; the validation rules report what Cursor would reject.
 */
export const mcpServerSchema = z.looseObject({
  name: z.string(),
  type: z.enum(['http', 'sse', 'stdio']).exactOptional(),
  url: z.string().exactOptional(),
  headers: z.record(z.string(), z.string()).exactOptional(),
  auth: z
    .looseObject({
      CLIENT_ID: z.string(),
      CLIENT_SECRET: z.string().exactOptional(),
      scopes: z.array(z.string()).exactOptional(),
    })
    .exactOptional(),
  command: z.string().exactOptional(),
  args: z.array(z.string()).exactOptional(),
  env: z.record(z.string(), z.string()).exactOptional(),
});

/** What a session may use before it stops for the user. Absent fields have no limit. */
const budgetSchema = z.looseObject({
  usd: z.number().positive().exactOptional(),
  tokens: z.int().positive().exactOptional(),
});

export const workflowSettingsSchema = z.looseObject({
  /** A provider type, or an entry of the user's provider library; the library's default if absent. */
  providerId: z.string().exactOptional(),
  runMode: z.enum(runModes).default('local'),
  cloud: cloudSettingsSchema.prefault({}),
  local: localSettingsSchema.prefault({}),
  permissions: permissionSettingsSchema.prefault({}),
  budget: budgetSchema.prefault({}),
  loopAndEnhance: loopAndEnhanceSchema.prefault({}),
  mcpServers: z.array(mcpServerSchema).default([]),
});

export type RepositoryTarget = z.infer<typeof repositoryTargetSchema>;
export type CloudSettings = z.infer<typeof cloudSettingsSchema>;
export type McpServer = z.infer<typeof mcpServerSchema>;
export type WorkflowSettings = z.infer<typeof workflowSettingsSchema>;
export type RunMode = WorkflowSettings['runMode'];
