import { z } from '@hono/zod-openapi';
import { artifactViewSchema } from './agent-views.ts';
import { credentialViewSchema } from './daemon-views.ts';
import { errorViewSchema, problemSchema } from './error-views.ts';
import { eventViewSchema } from './event-views.ts';
import { confirmationKindSchema } from './preflight-views.ts';
import { sessionViewSchema } from './session-views.ts';

/** Responses that are more than one view: pages, receipts and what the app reads in addition to sessions. */
const instant = z.string().describe('ISO 8601, UTC');

export const healthSchema = z
  .object({ ok: z.literal(true), version: z.string() })
  .openapi('Health');

export const loginCodeSchema = z
  .object({
    code: z.string().describe('Can be used once'),
    expiresInSeconds: z.number(),
    url: z.string().describe('Opens the app and logs in the browser that opens it'),
  })
  .openapi('LoginCode');

export const loginSchema = z
  .object({
    csrfToken: z
      .string()
      .describe('Must be sent as `X-Cerevisor-Csrf` with every request that changes something'),
  })
  .openapi('Login');

export const browserSessionSchema = z
  .object({
    isLoggedIn: z.boolean(),
    command: z.string().describe('The command that logs this browser in'),
  })
  .openapi('BrowserSession');

export const doneSchema = z.object({ ok: z.literal(true) }).openapi('Done');

export const sessionReferenceSchema = z
  .object({ sessionId: z.string() })
  .openapi('SessionReference');

export const sessionPageSchema = z
  .object({ items: z.array(sessionViewSchema), total: z.number() })
  .openapi('SessionPage');
export type SessionPage = z.infer<typeof sessionPageSchema>;

export const eventPageSchema = z
  .object({
    items: z.array(eventViewSchema),
    lastSeq: z.number().describe('Newest event of the session, even if it is not on this page'),
  })
  .openapi('EventPage');
export type EventPage = z.infer<typeof eventPageSchema>;

export const reconnectedSchema = z
  .object({ changed: z.boolean().describe('Cursor reported changes') })
  .openapi('Reconnected');

export const dismissedSchema = z
  .object({ dismissed: z.array(z.string()).describe('Sessions that were on the list before') })
  .openapi('DismissedSessions');

export const restoredSchema = z
  .object({ restored: z.array(z.string()).describe('Sessions that were not on the list before') })
  .openapi('RestoredSessions');

export const artifactListSchema = z
  .object({
    directory: z.string(),
    agents: z.array(
      z.object({
        agentId: z.string(),
        name: z.string(),
        directory: z.string(),
        state: z.enum(['pending', 'offered', 'none', 'complete', 'incomplete', 'unavailable']),
        artifacts: z.array(artifactViewSchema).describe('Of the latest attempt'),
        earlier: z.array(artifactViewSchema).describe('Files of earlier attempts and turns'),
        error: errorViewSchema.nullable(),
      }),
    ),
  })
  .openapi('ArtifactList');
export type ArtifactList = z.infer<typeof artifactListSchema>;

export const validationSchema = z
  .object({
    ok: z.boolean().describe('No problem is an error'),
    problems: z.array(problemSchema),
    workflow: z
      .record(z.string(), z.unknown())
      .nullable()
      .describe('The document with its defaults, if it can be read'),
  })
  .openapi('Validation');
export type Validation = z.infer<typeof validationSchema>;

export const smokeTestSchema = z
  .object({
    ok: z.boolean(),
    durationMs: z.number(),
    detail: z.string(),
    error: errorViewSchema.nullable(),
  })
  .openapi('SmokeTest');

export const credentialValidationSchema = z
  .object({ isValid: z.boolean(), credential: credentialViewSchema })
  .openapi('CredentialValidation');

export const preferencesViewSchema = z
  .looseObject({
    resumeOnLaunch: z.enum(['automatically', 'ask']),
    maxLiveCloudAttempts: z.number(),
    maxLiveLocalAttempts: z
      .number()
      .optional()
      .describe('How many agents may be at work on this machine at once'),
    port: z.number().nullable(),
    theme: z.enum(['system', 'light', 'dark']),
    notifications: z.boolean().describe('Notify when a session ends or needs you'),
  })
  .openapi('Preferences');
export type PreferencesView = z.infer<typeof preferencesViewSchema>;

export const repositoryListSchema = z
  .object({ urls: z.array(z.string()), refreshedAt: instant.nullable() })
  .openapi('RepositoryList');

export const modelListSchema = z
  .object({
    items: z.array(
      z.object({
        id: z.string(),
        displayName: z.string(),
        aliases: z.array(z.string()),
        parameters: z
          .array(z.object({ id: z.string(), values: z.array(z.string()) }))
          .optional()
          .describe('Absent if the cloud does not report them'),
      }),
    ),
  })
  .openapi('ModelList');

const fileEntrySchema = z
  .object({
    path: z.string(),
    shortPath: z.string().describe('For display; `~` stands for the user folder'),
    name: z.string().describe('The name of the workflow, or of the file if it cannot be read'),
    description: z.string().describe('The description of the workflow; may be empty'),
    modifiedAt: instant.nullable().describe('Null if the file no longer exists'),
  })
  .openapi('WorkflowFileEntry');
export type FileEntry = z.infer<typeof fileEntrySchema>;

export const fileListSchema = z
  .object({
    folder: z.string().describe('Where new files are created'),
    recent: z.array(fileEntrySchema),
    examples: z.array(fileEntrySchema),
  })
  .openapi('WorkflowFileList');
export type FileList = z.infer<typeof fileListSchema>;

export const fileContentSchema = z
  .object({
    path: z.string(),
    text: z.string(),
    hash: z.string().describe('To be sent as `expectedHash` when saving'),
    modifiedAt: instant,
    problems: z.array(problemSchema),
    workflow: z.record(z.string(), z.unknown()).nullable(),
  })
  .openapi('WorkflowFile');
export type FileContent = z.infer<typeof fileContentSchema>;

export const orphanListSchema = z
  .object({
    items: z.array(
      z.object({
        cursorAgentId: z.string(),
        name: z.string(),
        createdAt: z.string().nullable(),
        sessionId: z
          .string()
          .nullable()
          .describe('The session to which it belongs, according to its metadata'),
      }),
    ),
  })
  .openapi('OrphanList');
export type OrphanList = z.infer<typeof orphanListSchema>;

export const confirmationListSchema = z
  .object({
    items: z.array(
      z.object({
        workflowId: z.string(),
        kind: confirmationKindSchema,
        confirmedAt: instant.nullable(),
      }),
    ),
  })
  .openapi('ConfirmationList');

const doctorCheckSchema = z.object({
  name: z.string(),
  state: z.enum(['ok', 'warning', 'failed']),
  detail: z.string(),
  suggestion: z.string().nullable(),
});
export type DoctorCheck = z.infer<typeof doctorCheckSchema>;

export const doctorSchema = z
  .object({ ok: z.boolean().describe('No check failed'), checks: z.array(doctorCheckSchema) })
  .openapi('Doctor');
export type Doctor = z.infer<typeof doctorSchema>;

export const environmentComparisonSchema = z
  .object({
    differs: z
      .array(z.enum(['CURSOR_API_KEY', 'CURSOR_BACKEND_URL']))
      .describe('Variables that the caller has set and that this daemon does not use'),
    keySource: z.enum(['environment', 'keychain', 'file', 'rehearsal', 'none']),
    backend: z.object({ kind: z.enum(['cursor', 'rehearsal']), url: z.string() }),
    taken: z
      .array(z.enum(['CURSOR_API_KEY', 'CURSOR_BACKEND_URL']))
      .describe('Variables that this daemon uses from its own environment'),
  })
  .openapi('EnvironmentComparison');
export type EnvironmentComparison = z.infer<typeof environmentComparisonSchema>;

export const stoppingSchema = z
  .object({
    stopping: z.literal(true),
    endedAgents: z.number().optional().describe('With `all`: how many agents were ended'),
    survivors: z.array(z.string()).optional().describe('Processes that could not be ended'),
  })
  .openapi('Stopping');
export type Stopping = z.infer<typeof stoppingSchema>;
