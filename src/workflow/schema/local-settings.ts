import { z } from 'zod';

/** Settings of agents on this machine. */
export const localSettingsSchema = z.looseObject({
  /** The folder to work in, absolute or relative to the workflow file; the repository of the file when absent. */
  folder: z.string().exactOptional(),
  /** `worktree`: each agent gets a git worktree and a branch of its own. `in-place`: in the folder itself. */
  isolation: z.enum(['worktree', 'in-place']).default('worktree'),
  /** Agents in worktrees start from the folder with its uncommitted changes. */
  carryUncommitted: z.boolean().default(true),
  /** Commands that prepare each working folder, such as `npm ci`. */
  setup: z.array(z.string()).default([]),
  /** Ignored files that each worktree gets a copy of, such as `.env`: paths or patterns inside the folder. */
  copy: z.array(z.string()).default([]),
  maxConcurrentAgents: z.int().min(1).max(1000).exactOptional(),
  maxAttempts: z.int().min(1).max(10).exactOptional(),
});

export const permissions = ['allow', 'ask', 'deny'] as const;

const permission = z.enum(permissions).exactOptional();

export const ruleCategories = ['filesystemWrite', 'execution', 'network', 'mcp', 'read'] as const;

/** The decision for tool calls that match a pattern, which overrides the permission of their category. */
const permissionRuleSchema = z.looseObject({
  category: z.enum(ruleCategories),
  pattern: z.string(),
  decision: z.enum(permissions),
});

/** What agents on this machine may do. Defaults depend on the isolation: see `permissionsOf`. */
export const permissionSettingsSchema = z.looseObject({
  filesystemWrite: permission,
  execution: permission,
  network: permission,
  mcp: permission,
  rules: z.array(permissionRuleSchema).default([]),
});

export type LocalSettings = z.infer<typeof localSettingsSchema>;
export type Permission = (typeof permissions)[number];
export type PermissionRule = z.infer<typeof permissionRuleSchema>;
export type RuleCategory = (typeof ruleCategories)[number];
