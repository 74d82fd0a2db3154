import { z } from '@hono/zod-openapi';
import { errorViewSchema } from './error-views.ts';
import { instant } from './instant.ts';

/** The daemon, the license and the key that it uses, and the agents on its machine. */

export const licenseViewSchema = z
  .object({
    tier: z.enum(['trial', 'free', 'paid']),
    daysLeft: z.number().nullable(),
    canStartCloudRuns: z.boolean(),
    canOverrideProviders: z
      .boolean()
      .default(true)
      .describe('Agents may have a different provider from their workflow'),
    canUseMcpServers: z.boolean().default(true),
    canUseLoopAndEnhance: z.boolean().default(true),
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
    rssBytes: z.number().nullable().describe('Memory of the running agents, as far as known'),
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
  .describe('The process that runs agents on this machine; null while none is running');
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
      .describe('What stopping now would interrupt; cloud runs continue'),
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
    waitingLocalAttempts: z
      .number()
      .optional()
      .describe('Of these, agents that wait for your answer and do not count against the limit'),
    maxLiveLocalAttempts: z.number().optional(),
    runner: runnerViewSchema.nullable().optional(),
    localAgentsEnd: z
      .object({
        cause: z.enum(['service', 'container']),
        message: z.string(),
        suggestion: z.string(),
      })
      .nullable()
      .optional()
      .describe('Why agents on this machine end when the daemon stops; null if they continue'),
    sessionCounts: z.record(z.string(), z.number()),
    hasCloudSessions: z.boolean(),
    needYou: z.number(),
    journal: z.object({
      trouble: errorViewSchema.nullable(),
      quarantined: z.number(),
      recovered: z
        .object({
          cause: z.enum(['damaged', 'missing', 'empty']),
          movedTo: z.string().nullable().describe('Null if there was no journal at all'),
          backupTakenAt: instant,
        })
        .nullable()
        .describe('At this start, the journal was replaced with the newest valid backup'),
    }),
    license: licenseViewSchema,
  })
  .openapi('Status');
export type StatusView = z.infer<typeof statusViewSchema>;
