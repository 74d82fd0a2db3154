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
  /** A pull request to work on; it says then where agents start. */
  prUrl: z.string().exactOptional(),
});

/** Where Cursor runs the agents, as its create request takes it. */
const cloudEnvironmentSchema = z.looseObject({
  type: z.enum(['cloud', 'pool', 'machine']),
  name: z.string().exactOptional(),
});

const cloudSettingsSchema = z.looseObject({
  repos: z.array(repositoryTargetSchema).default([]),
  autoCreatePR: z.boolean().default(false),
  /** Who opens a pull request when `autoCreatePR` is on. */
  pullRequests: z.enum(['final-agents', 'each-agent']).default('final-agents'),
  /** Agents push to the branch that they start from, instead of one of their own. */
  workOnCurrentBranch: z.boolean().exactOptional(),
  /** With `autoCreatePR`: nobody is asked to review. */
  skipReviewerRequest: z.boolean().exactOptional(),
  /** With `autoCreatePR`: the Cursor GitHub App opens pull requests, not the person. */
  openAsCursorGithubApp: z.boolean().exactOptional(),
  /** Names of variables for the agents' shells; their values are read on this machine at each launch. */
  envVars: variableNamesSchema.exactOptional(),
  /** Says on purpose that the agents need no repository; without it an empty `repos` is refused. */
  allowNoRepository: z.boolean().default(false),
  env: cloudEnvironmentSchema.exactOptional(),
  maxConcurrentAgents: z.int().min(1).max(1000).exactOptional(),
  /** Attempts per agent; 1 means that a failed agent is not tried again. */
  maxAttempts: z.int().min(1).max(10).default(1),
});

/**
 * An MCP server in the shape of Cursor's inline `mcpServers[]`. The shape is read loosely so that a save keeps
 * everything; what Cursor would refuse is named by the validation rules, all at once.
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

/** What a session may use before a person is asked; what is absent has no limit. */
const budgetSchema = z.looseObject({
  usd: z.number().positive().exactOptional(),
  tokens: z.int().positive().exactOptional(),
});

export const workflowSettingsSchema = z.looseObject({
  /** A type of provider, or an entry of the person's library; the library's default when absent. */
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
