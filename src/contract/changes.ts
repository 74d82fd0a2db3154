import { z } from '@hono/zod-openapi';
import { errorViewSchema } from './error-views.ts';
import { instant } from './instant.ts';

/** What agents changed, and applying the changes to the user's folders. */

const conflictViewSchema = z.object({
  path: z.string(),
  kind: z
    .string()
    .describe("Git's name for the kind of conflict, such as `contents` or `modify/delete`"),
  agentNames: z
    .array(z.string())
    .optional()
    .describe('The agents that disagree, if the conflict is between agents'),
});

const changedFileSchema = z
  .object({
    path: z.string().describe('Relative to the top of the repository'),
    oldPath: z.string().nullable().describe('The previous path, if the file was moved or copied'),
    status: z.enum(['added', 'modified', 'deleted', 'renamed', 'copied', 'type-changed']),
    kind: z.enum(['file', 'link', 'submodule']),
    additions: z.number().nullable().describe('Lines; null if the file is not text'),
    deletions: z.number().nullable(),
    isBinary: z.boolean(),
    isExecutable: z.boolean(),
    wasExecutable: z
      .boolean()
      .optional()
      .describe('Before the change; absent in what earlier versions send'),
    hasSameContents: z
      .boolean()
      .optional()
      .describe('Only the path, the mode or the type changed; absent as above'),
    oldSizeBytes: z.number().nullable(),
    newSizeBytes: z.number().nullable(),
  })
  .openapi('ChangedFile');
export type ChangedFileView = z.infer<typeof changedFileSchema>;

const repositoryChangesSchema = z
  .object({
    repoUrl: z.string().describe('Address of the repository, or its folder on this machine'),
    place: z.enum(['cloud', 'local']),
    folder: z
      .string()
      .nullable()
      .describe('Where its changes are applied by default; null if no clone is known'),
    branches: z.array(z.string()).describe('The branches with this work'),
    base: z.string().describe('Commit that the changes are relative to'),
    head: z.string().describe('Commit that contains them'),
    fileCount: z.number().describe('Of all files, including those that are not listed'),
    additions: z.number(),
    deletions: z.number(),
    files: z.array(changedFileSchema),
    conflicts: z
      .array(conflictViewSchema)
      .describe(
        'Files that agents changed in different ways; `head` contains them with conflict markers',
      ),
    unresolved: z
      .array(z.string())
      .describe('Files with conflict markers of an earlier merge that no agent resolved'),
    isFromEarlier: z
      .boolean()
      .describe('The repository could not be reached; this is what was fetched before'),
  })
  .openapi('RepositoryChanges');
export type RepositoryChanges = z.infer<typeof repositoryChangesSchema>;

export const changesViewSchema = z
  .object({
    agentId: z.string().nullable().describe('Null for the whole session'),
    repositories: z.array(repositoryChangesSchema),
    failures: z
      .array(errorViewSchema.extend({ repoUrl: z.string() }))
      .describe('Repositories whose changes cannot be shown, and why'),
    missingOutputs: z
      .array(z.object({ agentId: z.string(), name: z.string(), outputs: z.array(z.string()) }))
      .describe('Expected files that agents did not create'),
    folder: z.string().nullable().describe('Where the changes would be applied by default'),
    isAppliedAlready: z.boolean().describe('The agents worked in the folder itself'),
    applied: z.array(
      z.object({
        undoId: z.string(),
        groupId: z
          .string()
          .describe('The same for all folders to which something was applied at once'),
        folder: z.string(),
        appliedAt: instant,
        fileCount: z.number(),
        markedCount: z
          .number()
          .default(0)
          .describe('Of these, the files that were written with conflict markers'),
        wasCutOff: z
          .boolean()
          .describe('Applying was interrupted by a crash; undoing restores everything'),
      }),
    ),
  })
  .openapi('Changes');
export type ChangesView = z.infer<typeof changesViewSchema>;

export const patchViewSchema = z
  .object({
    text: z.string().describe('A unified diff of one file; empty if there is no difference'),
    isCut: z.boolean().describe('The rest is omitted'),
  })
  .openapi('Patch');
export type PatchView = z.infer<typeof patchViewSchema>;

const plannedFileSchema = z.object({
  path: z.string(),
  action: z.enum(['create', 'modify', 'delete']),
  isDirty: z.boolean().describe('The file has uncommitted changes, which are kept and merged'),
  isLink: z.boolean(),
});

export const applyPlanSchema = z
  .object({
    planId: z.string().describe('Changes whenever the plan changes'),
    folder: z.string(),
    branch: z
      .string()
      .nullable()
      .default(null)
      .describe('The branch that is checked out there; null if none is'),
    repoUrl: z.string(),
    files: z.array(plannedFileSchema),
    conflicts: z.array(conflictViewSchema),
    isWorkedInPlace: z
      .boolean()
      .default(false)
      .describe('The agents worked in the folder itself, so it already has their changes'),
    notices: z.array(z.string()),
  })
  .openapi('ApplyPlan');
export type ApplyPlanView = z.infer<typeof applyPlanSchema>;

export const appliedSchema = z
  .object({
    undoId: z.string().nullable().describe('Null if there was nothing to do'),
    folder: z.string(),
    files: z.array(plannedFileSchema),
    conflicts: z.array(z.string()).describe('Written with conflict markers'),
  })
  .openapi('Applied');
export type AppliedView = z.infer<typeof appliedSchema>;

const workSchema = z.object({
  repoUrl: z.string().describe('Address of the repository, or its folder on this machine'),
  place: z.enum(['cloud', 'local']),
  agentNames: z.array(z.string()),
});

/** All changes of a session, local and in the cloud, and the folders to which they would be applied. */
export const applyAllPlanSchema = z
  .object({
    planId: z.string().describe('Changes whenever what would be done changes'),
    folders: z.array(
      applyPlanSchema
        .omit({ planId: true, repoUrl: true })
        .extend({ work: z.array(workSchema).describe('What comes into this folder') }),
    ),
    left: z
      .array(errorViewSchema.extend(workSchema.shape))
      .describe('What would not be applied, and why'),
  })
  .openapi('ApplyAllPlan');
export type ApplyAllPlanView = z.infer<typeof applyAllPlanSchema>;

export const appliedAllSchema = z.object({ folders: z.array(appliedSchema) }).openapi('AppliedAll');
export type AppliedAllView = z.infer<typeof appliedAllSchema>;

const undoneFolder = { folder: z.string(), files: z.array(z.string()) };
export const undoneSchema = z
  .object({
    ...undoneFolder,
    folders: z
      .array(z.object(undoneFolder))
      .describe('All of them, where something was applied to several at once'),
  })
  .openapi('Undone');
export type UndoneView = z.infer<typeof undoneSchema>;

export const pullRequestPageSchema = z
  .object({
    page: z.string().nullable().describe('Null for a host that Cerevisor does not know'),
    repoUrl: z.string(),
    branch: z.string(),
    baseBranch: z.string().nullable(),
    wasPushed: z.boolean(),
  })
  .openapi('PullRequestPage');
export type PullRequestPageView = z.infer<typeof pullRequestPageSchema>;

const agent = z.string().min(1).optional().openapi({ description: 'Id or name; default: all' });
const commit = z.string().regex(/^[0-9a-f]{40,64}$/);

export const changesQuerySchema = z.object({ agent });
export const patchQuerySchema = z.object({
  agent,
  repoUrl: z.string().min(1),
  base: commit,
  head: commit,
  path: z.string().min(1),
  oldPath: z.string().min(1).optional(),
  whole: z
    .enum(['true', 'false'])
    .optional()
    .openapi({ description: 'For `git apply`: with the content of binary files, and not cut' }),
});
export type PatchQuery = z.input<typeof patchQuerySchema>;

const target = {
  agent,
  repoUrl: z.string().min(1).optional().openapi({ description: 'Default: the only one' }),
  folder: z
    .string()
    .min(1)
    .optional()
    .openapi({ description: 'Absolute; default: the folder of the session' }),
};
export const planApplyBodySchema = z.object(target).openapi('PlanApplyRequest');
export type PlanApplyBody = z.input<typeof planApplyBodySchema>;
export const applyBodySchema = z
  .object({
    ...target,
    planId: z.string().min(1),
    onConflict: z.enum(['refuse', 'markers']).default('refuse'),
  })
  .openapi('ApplyRequest');
export type ApplyBody = z.input<typeof applyBodySchema>;
const targets = {
  agent,
  folder: target.folder.openapi({ description: 'Absolute; nothing is applied anywhere else' }),
  clones: z
    .array(z.string().min(1))
    .max(100)
    .default([])
    .openapi({ description: 'Folders that may be clones of repositories in the cloud' }),
};
export const planApplyAllBodySchema = z.object(targets).openapi('PlanApplyAllRequest');
export type PlanApplyAllBody = z.input<typeof planApplyAllBodySchema>;
export const applyAllBodySchema = z
  .object({
    ...targets,
    planId: z.string().min(1),
    onConflict: z.enum(['refuse', 'markers']).default('refuse'),
  })
  .openapi('ApplyAllRequest');
export type ApplyAllBody = z.input<typeof applyAllBodySchema>;
export const undoBodySchema = z
  .object({
    undoId: z
      .string()
      .min(1)
      .optional()
      .openapi({ description: 'Default: what was applied last, in all folders' }),
  })
  .openapi('UndoRequest');
export const pullRequestBodySchema = z
  .object({ agent, repoUrl: target.repoUrl, baseBranch: z.string().min(1).optional() })
  .openapi('PullRequestRequest');
export type PullRequestBody = z.input<typeof pullRequestBodySchema>;
