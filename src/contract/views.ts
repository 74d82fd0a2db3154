import { z } from '@hono/zod-openapi';
import { enhanceViewSchema } from './enhance.ts';
import { connectionViewSchema, loopViewSchema, roundViewSchema } from './flow-views.ts';
import { instant } from './instant.ts';
import { agentStatuses, sessionStatuses } from './statuses.ts';

/** What clients see. Numbers of the journal (`seq`, `position`) never change. */

export const errorViewSchema = z
  .object({ code: z.string(), message: z.string(), suggestion: z.string().optional() })
  .openapi('Error');
export type ErrorView = z.infer<typeof errorViewSchema>;

/** One problem or notice of a workflow, with its position in the file. */
export const problemSchema = z
  .object({
    code: z.string(),
    severity: z.enum(['error', 'warning', 'notice']),
    message: z.string(),
    suggestion: z.string().optional(),
    path: z.array(z.union([z.string(), z.number()])),
    pointer: z.string(),
    line: z.number().optional(),
    column: z.number().optional(),
  })
  .openapi('Problem');
export type Problem = z.infer<typeof problemSchema>;

/** Body of every response that is not 2xx. `problems` lists all problems of a rejected workflow. */
export const errorBodySchema = z.object({
  error: errorViewSchema.extend({
    problems: z.array(problemSchema).optional(),
    /** Ids that the given prefix or name could mean, when it means several. */
    candidates: z.array(z.string()).optional(),
  }),
});

export const sessionStatusSchema = z.enum(sessionStatuses);
export type SessionStatus = z.infer<typeof sessionStatusSchema>;

export const agentStatusSchema = z.enum(agentStatuses);
export type AgentStatus = z.infer<typeof agentStatusSchema>;

export const branchViewSchema = z.object({
  repoUrl: z.string(),
  branch: z.string().optional(),
  prUrl: z.string().optional(),
  commit: z.string().optional(),
});

export const artifactViewSchema = z
  .object({
    path: z.string().describe("Cursor's name for it; treat it as data only"),
    file: z
      .string()
      .nullable()
      .describe('Name of the local copy in `directory`; null if there is none'),
    sizeBytes: z.number(),
    sha256: z.string().nullable(),
    error: errorViewSchema.nullable(),
    attempt: z
      .number()
      .nullable()
      .optional()
      .describe('For an earlier file: the attempt that produced it'),
    turn: z
      .number()
      .nullable()
      .optional()
      .describe('For an earlier file: the turn that produced it, from 1'),
  })
  .openapi('Artifact');
export type ArtifactView = z.infer<typeof artifactViewSchema>;

export const usageViewSchema = z.object({
  state: z.enum(['known', 'pending', 'unavailable']),
  inputTokens: z.number().nullable(),
  outputTokens: z.number().nullable(),
  cacheReadTokens: z.number().nullable(),
  cacheWriteTokens: z.number().nullable(),
  reasoningTokens: z.number().nullable().default(null).describe('Contained in `outputTokens`'),
  totalTokens: z.number().nullable(),
  chargedCents: z.number().nullable(),
  costUsd: z.number().nullable().default(null).describe('As far as it is known; null: unknown'),
  costSources: z
    .array(z.enum(['reported', 'price-table']))
    .default([])
    .describe('Who says what it cost'),
  pricesOf: z.string().nullable().default(null).describe('The date of the price table'),
});
export type UsageView = z.infer<typeof usageViewSchema>;

export const budgetViewSchema = z.object({
  usd: z.number().nullable().describe('Null: no limit'),
  tokens: z.number().nullable(),
  spentUsd: z.number().nullable().describe('Null: nobody has said what anything costs'),
  spentTokens: z.number(),
  isExceeded: z.boolean().describe('Nothing new begins until it is raised'),
});
export type BudgetView = z.infer<typeof budgetViewSchema>;

export const agentViewSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    role: z.string(),
    model: z
      .string()
      .nullable()
      .describe('The requested model; Cursor does not report the actual one'),
    modelParameters: z.record(z.string(), z.string()).nullable(),
    mode: z.enum(['agent', 'plan']),
    kind: z
      .enum(['agent', 'planner', 'removed'])
      .default('agent')
      .describe('`planner`: of Loop & Enhance. `removed`: no longer in the workflow'),
    wave: z.number().describe('From 1; 0 for what stands in no wave'),
    attempt: z.number().describe('0 before the first launch'),
    status: agentStatusSchema,
    /** Who says so: `Cursor`, `Rehearsal` or `This machine` (stream, record), `Cerevisor`; the word is as old as `statusAt`. */
    statusSource: z.string(),
    statusAt: instant,
    statusDetail: z.string().nullable().describe('Why it is waiting, reconnecting or unknown'),
    round: z.number().default(1).describe('Of loops; counts from 1'),
    rounds: z.number().default(1).describe('How many rounds there may be'),
    runtime: z.string().nullable().default(null).describe('How it is run: `cursor-cloud`, ...'),
    provider: z
      .object({ id: z.string(), name: z.string() })
      .nullable()
      .default(null)
      .describe('The entry of the provider library; null in sessions of older versions'),
    threadId: z.string().nullable().default(null).describe("The runtime's conversation with it"),
    turnId: z.string().nullable().default(null).describe('The newest prompt, and its work'),
    cursorAgentId: z.string().nullable().describe("`threadId`, where it is on Cursor's cloud"),
    cursorRunId: z.string().nullable().describe("`turnId`, where it is on Cursor's cloud"),
    agentUrl: z.string().nullable(),
    startedAt: instant.nullable(),
    endedAt: instant.nullable(),
    /** By the cloud's own clock, over all runs of the attempt; null while it has not told. */
    durationMs: z.number().nullable().exactOptional(),
    /** When the attempt's runs were at work, one by one; the time between them is nobody's. */
    work: z.array(z.object({ startedAt: instant, endedAt: instant.nullable() })).exactOptional(),
    folder: z.string().nullable().default(null).describe('Where it works on this machine'),
    branches: z.array(branchViewSchema),
    baseCommits: z.array(z.object({ repoUrl: z.string(), ref: z.string(), commit: z.string() })),
    prUrl: z.string().nullable(),
    artifacts: z.array(artifactViewSchema).describe('Of the latest attempt'),
    earlierArtifacts: z
      .array(artifactViewSchema)
      .describe('Files of earlier attempts and turns that are on this machine'),
    artifactsState: z.enum(['pending', 'offered', 'none', 'complete', 'incomplete', 'unavailable']),
    artifactsError: errorViewSchema.nullable().describe('Why some or all of them are missing'),
    result: z.string().nullable(),
    error: errorViewSchema.nullable(),
    usage: usageViewSchema.nullable(),
    canRetry: z.boolean(),
    canFollowUp: z.boolean(),
    /** Absent from what older versions wrote. */
    canCancel: z.boolean().default(false),
  })
  .openapi('Agent');
export type AgentView = z.infer<typeof agentViewSchema>;

export const questionViewSchema = z
  .object({
    id: z.string().describe('What an answer names; another one each time that it is asked'),
    kind: z.enum(['gate', 'plan', 'edits', 'condition']),
    connectionId: z.string().nullable().describe('Null for a plan and for edits'),
    agentId: z.string().describe('Whose work, or plan, it is about'),
    targetAgentId: z.string().nullable().describe('Who waits for the answer'),
    attempt: z.number(),
    round: z.number(),
    /** The question in words: the approval prompt, or the condition. */
    prompt: z.string().nullable(),
    /** Why the agent could not tell, for a condition. */
    reason: z.string().nullable(),
    askedAt: instant,
  })
  .openapi('Question', {
    description:
      'Approve or reject; for a condition that means that it holds, or that it does not. Gates and plans also take `changes`.',
  });
export type QuestionView = z.infer<typeof questionViewSchema>;

export const toolRequestViewSchema = z
  .object({
    id: z.string(),
    shortId: z.string().describe('Enough of it for a command'),
    agentId: z.string(),
    attempt: z.number(),
    callId: z.string().nullable().describe('Of the tool call in the transcript'),
    category: z.enum(['filesystem-write', 'execution', 'network', 'mcp', 'read', 'other']),
    tool: z.string(),
    command: z.string().nullable(),
    path: z.string().nullable().describe('The file, or the address on the network'),
    server: z.string().nullable().describe('The MCP server'),
    reason: z.string().nullable(),
    folder: z.string().describe('Where the agent works'),
    summary: z.string().describe('In a few words: `wants to run: npm test`'),
    askedAt: instant,
  })
  .openapi('ToolRequest', { description: 'A tool call that waits to be allowed or denied' });
export type ToolRequestView = z.infer<typeof toolRequestViewSchema>;

export const sessionViewSchema = z
  .object({
    id: z.string(),
    workflow: z.object({ id: z.string(), name: z.string(), path: z.string().nullable() }),
    mode: z.enum(['cloud', 'local']),
    folder: z
      .string()
      .nullable()
      .default(null)
      .describe('What agents on this machine work on; null if none does'),
    backend: z.enum(['cursor', 'rehearsal']),
    status: sessionStatusSchema,
    isQueued: z
      .boolean()
      .default(false)
      .describe('It is `running`, but no agent is at work: it waits for a free slot'),
    statusDetail: z
      .string()
      .nullable()
      .optional()
      .describe('Why it has not ended, although all agents have settled'),
    /** Why it needs a person, when `status` is `waiting`. */
    needsYou: errorViewSchema.nullable(),
    /** What a person is asked now; the session goes on when it is answered. */
    questions: z.array(questionViewSchema).default([]),
    /** Tool calls that wait to be allowed or denied. */
    requests: z.array(toolRequestViewSchema).default([]),
    startedAt: instant,
    endedAt: instant.nullable(),
    /** How long any agent was at work until now, or until `since`, when the work that goes on began. */
    work: z.object({ workedMs: z.number(), since: instant.nullable() }).exactOptional(),
    resumable: z.boolean().describe('Whether Reconnect can change anything'),
    isDismissed: z.boolean(),
    autoCreatePr: z.boolean(),
    repositories: z.array(
      z.object({
        url: z.string(),
        startingRef: z.string().optional(),
        prUrl: z.string().optional(),
      }),
    ),
    /** Rounds over the whole workflow; null if there is only one. */
    workflowRound: z.object({ number: z.number(), most: z.number() }).nullable().default(null),
    /** What the session may use; null if it has no limit. */
    budget: budgetViewSchema.nullable().default(null),
    waveCount: z.number(),
    lastSeq: z.number(),
    agents: z.array(agentViewSchema),
  })
  .openapi('Session');
export type SessionView = z.infer<typeof sessionViewSchema>;

export const handoffViewSchema = z.object({
  connectionId: z.string(),
  sourceAgentId: z.string(),
  targetAgentId: z.string(),
  format: z.string(),
  content: z.string(),
  artifacts: z.array(z.object({ path: z.string(), sizeBytes: z.number() })),
  outputFiles: z.array(z.string()),
  branches: z.array(branchViewSchema),
});

/**
 * One session in full, with connections, hand-offs, prompts and cost. Cursor bills by subscription: `costUsd` is 0. Of
 * other providers it is what is known, and null while nothing is.
 */
export const sessionDetailSchema = sessionViewSchema
  .extend({
    input: z.string().nullable(),
    costUsd: z.number().nullable(),
    costNote: z.string(),
    usage: usageViewSchema,
    connections: z.array(connectionViewSchema),
    loops: z.array(loopViewSchema).default([]),
    rounds: z
      .array(roundViewSchema)
      .default([])
      .describe('Of every agent that a loop repeats, oldest first'),
    enhance: enhanceViewSchema.nullable().default(null),
    handoffs: z.array(handoffViewSchema),
    prompts: z.array(z.object({ agentId: z.string(), attempt: z.number(), prompt: z.string() })),
    artifactsDirectory: z.string(),
  })
  .openapi('SessionDetail');
export type SessionDetail = z.infer<typeof sessionDetailSchema>;

/** One event as clients read it: the envelope, then the event's own fields beside it. */
export const eventViewSchema = z
  .looseObject({
    seq: z.number().describe('Counts within the session, from 1, without gaps'),
    position: z.number().describe('Counts over all sessions; resumes `/api/events`'),
    at: instant,
    sessionId: z.string(),
    agentId: z.string().nullable(),
    type: z.string(),
  })
  .openapi('Event');
export type EventView = z.infer<typeof eventViewSchema>;

export const licenseViewSchema = z
  .object({
    tier: z.enum(['trial', 'free', 'paid']),
    daysLeft: z.number().nullable(),
    canStartCloudRuns: z.boolean(),
    canOverrideProviders: z
      .boolean()
      .default(true)
      .describe('Agents may have another provider than their workflow'),
    canUseMcpServers: z.boolean().default(true),
    reason: z.string(),
    key: z.string().nullable().describe('Masked'),
    holder: z.string().nullable(),
    expiresAt: instant.nullable(),
  })
  .openapi('License');
export type LicenseView = z.infer<typeof licenseViewSchema>;

export const credentialViewSchema = z
  .object({
    source: z.enum(['environment', 'keychain', 'file', 'rehearsal', 'none']),
    masked: z.string().nullable(),
    account: z
      .object({
        keyName: z.string(),
        userEmail: z.string().nullable(),
        userName: z.string().nullable(),
      })
      .nullable(),
    error: errorViewSchema.nullable(),
  })
  .openapi('Credential');
export type CredentialView = z.infer<typeof credentialViewSchema>;

const runnerViewSchema = z
  .object({
    pid: z.number(),
    version: z.string(),
    startedAt: instant,
    openThreads: z.number().describe('Agents at work'),
    rssBytes: z
      .number()
      .nullable()
      .describe('Memory of the agents that run, as far as it is known'),
    threads: z.array(
      z.object({
        threadId: z.string(),
        name: z.string(),
        folder: z.string().nullable(),
        rssBytes: z.number().nullable(),
        isAtWork: z.boolean(),
      }),
    ),
  })
  .describe('The process that runs agents on this machine; null while none is needed');
export type RunnerView = z.infer<typeof runnerViewSchema>;

export const statusViewSchema = z
  .object({
    version: z.string(),
    installed: z
      .string()
      .nullable()
      .optional()
      .describe('Version on disk, if it differs from the running version after an update'),
    busyWith: z
      .array(z.string())
      .optional()
      .describe('What a stop would interrupt now; cloud runs continue'),
    pid: z.number(),
    startedAt: instant,
    home: z.string(),
    lastPosition: z.number(),
    backend: z.object({
      kind: z.enum(['cursor', 'rehearsal']),
      url: z.string(),
      state: z.enum(['unknown', 'reachable', 'unreachable', 'refused']),
      detail: z.string().nullable(),
      checkedAt: instant.nullable(),
    }),
    liveCloudAttempts: z.number(),
    maxLiveCloudAttempts: z.number(),
    liveLocalAttempts: z.number().optional(),
    maxLiveLocalAttempts: z.number().optional(),
    runner: runnerViewSchema.nullable().optional(),
    sessionCounts: z.record(z.string(), z.number()),
    hasCloudSessions: z.boolean(),
    needYou: z.number(),
    journal: z.object({
      trouble: errorViewSchema.nullable(),
      quarantined: z.number(),
      recovered: z
        .object({
          cause: z.enum(['damaged', 'missing', 'empty']),
          movedTo: z.string().nullable().describe('Null when there was no journal at all'),
          backupTakenAt: instant,
        })
        .nullable()
        .describe('This start replaced the journal with the newest valid backup'),
    }),
    license: licenseViewSchema,
  })
  .openapi('Status');
export type StatusView = z.infer<typeof statusViewSchema>;

const enforcementSchema = z.enum(['allowed', 'asked', 'denied', 'sandboxed', 'not-held-back']);
export type Enforcement = z.infer<typeof enforcementSchema>;

const localSummarySchema = z.object({
  folder: z.string(),
  folderSource: z
    .enum(['request', 'workflow', 'workflow-file', 'current-folder', 'sample'])
    .describe('Who named it'),
  branch: z.string().nullable(),
  uncommittedFiles: z.number(),
  carriesUncommitted: z
    .boolean()
    .describe('Agents start from the folder with its uncommitted changes'),
  isolation: z.enum(['worktree', 'in-place']),
  agentsAtOnce: z.number().default(1).describe('At most, on this machine'),
  memoryBytes: z
    .number()
    .default(0)
    .describe('What they take at the same time, as measured; 0: unknown'),
  setup: z.array(z.string()),
  copy: z.array(z.string()),
  sandbox: z.boolean(),
  enforcement: z.array(z.string()).describe('One sentence for each permission: what will hold'),
  permissions: z
    .array(
      z.object({
        agentId: z.string(),
        name: z.string(),
        asks: z.boolean().describe('Before single calls; the others are held back as a whole'),
        filesystemWrite: enforcementSchema,
        execution: enforcementSchema,
        network: enforcementSchema,
        mcp: enforcementSchema,
      }),
    )
    .default([])
    .describe('What will hold for each agent on this machine'),
  permissionRules: z.number().default(0).describe('How many rules by pattern the workflow has'),
  pushTo: z.string().nullable().describe('Where branches are pushed for agents in the cloud'),
});
export type LocalSummary = z.infer<typeof localSummarySchema>;

export const preflightViewSchema = z
  .object({
    canStart: z.boolean(),
    problems: z.array(problemSchema),
    summary: z
      .object({
        agents: z.number(),
        waves: z.array(
          z.array(
            z.object({
              id: z.string(),
              name: z.string(),
              mode: z.enum(['cloud', 'local']),
              activations: z.number().default(1).describe('At most, in loops'),
              provider: z.object({ id: z.string(), name: z.string() }).nullable().default(null),
              model: z.string().nullable().default(null).describe("Null: the provider's own"),
            }),
          ),
        ),
        activations: z
          .number()
          .exactOptional()
          .describe('Maximum number of times that agents are activated: loops repeat them'),
        flow: z
          .object({
            loops: z.number(),
            conditions: z.number(),
            gates: z.number(),
            plans: z.number(),
            workflowRounds: z.number().default(1).describe('Of Loop & Enhance'),
          })
          .exactOptional()
          .describe('What decides the way of the session'),
        mode: z.enum(['cloud', 'local']),
        repositories: z.array(
          z.object({
            url: z.string(),
            startingRef: z.string().optional(),
            prUrl: z.string().optional(),
          }),
        ),
        pullRequests: z.number().describe('Maximum number of pull requests'),
        maxConcurrentAgents: z.number(),
        costUsd: z.number(),
        costNote: z.string(),
        limitations: z.array(z.string()),
        local: localSummarySchema.nullable(),
      })
      .nullable(),
    /** What has to be confirmed before it can start. */
    confirmations: z.array(
      z.object({
        kind: z.enum([
          'auto-create-pr-enable',
          'auto-create-pr-fire',
          'work-on-current-branch',
          'pass-variables',
          'trust-workflow',
          'run-without-sandbox',
          'push-local-branches',
        ]),
        message: z.string(),
        content: z
          .string()
          .optional()
          .describe('What exactly is asked about; sent back as `confirmedContent`'),
      }),
    ),
  })
  .openapi('Preflight');
export type PreflightView = z.infer<typeof preflightViewSchema>;
