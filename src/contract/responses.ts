import { z } from '@hono/zod-openapi';
import {
  artifactViewSchema,
  credentialViewSchema,
  errorViewSchema,
  eventViewSchema,
  problemSchema,
  sessionViewSchema,
} from './views.ts';

/** Answers that are more than one view: pages, receipts and what the app reads besides sessions. */
const instant = z.string().describe('ISO 8601, UTC');

export const healthSchema = z
  .object({ ok: z.literal(true), version: z.string() })
  .openapi('Health');

export const loginCodeSchema = z
  .object({
    code: z.string().describe('Works once'),
    expiresInSeconds: z.number(),
    url: z.string().describe('Opens the app and logs that browser in'),
  })
  .openapi('LoginCode');

export const loginSchema = z
  .object({ csrfToken: z.string().describe('Goes into `X-Cerevisor-Csrf` of every mutation') })
  .openapi('Login');

export const browserSessionSchema = z
  .object({
    isLoggedIn: z.boolean(),
    command: z.string().describe('What to type in a terminal to be logged in'),
  })
  .openapi('BrowserSession');

export const doneSchema = z.object({ ok: z.literal(true) }).openapi('Done');

export const sessionIdAnswerSchema = z
  .object({ sessionId: z.string() })
  .openapi('SessionReference');

export const sessionPageSchema = z
  .object({ items: z.array(sessionViewSchema), total: z.number() })
  .openapi('SessionPage');
export type SessionPage = z.infer<typeof sessionPageSchema>;

export const eventPageSchema = z
  .object({
    items: z.array(eventViewSchema),
    lastSeq: z.number().describe('Newest event of the session, shown here or not'),
  })
  .openapi('EventPage');
export type EventPage = z.infer<typeof eventPageSchema>;

export const reconnectAnswerSchema = z
  .object({ changed: z.boolean().describe('Cursor knew something new') })
  .openapi('Reconnected');

export const dismissAnswerSchema = z
  .object({ dismissed: z.array(z.string()).describe('Those that were on the list until now') })
  .openapi('DismissedSessions');

export const restoreAnswerSchema = z
  .object({ restored: z.array(z.string()).describe('Those that were not on the list') })
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
        artifacts: z.array(artifactViewSchema).describe('Of the newest attempt'),
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
      .describe('The document with its defaults, when it can be read at all'),
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
    port: z.number().nullable(),
    theme: z.enum(['system', 'light', 'dark']),
    notifications: z.boolean().describe('Tell when a session ends or needs you'),
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
          .describe('Absent where the cloud does not say which there are'),
      }),
    ),
  })
  .openapi('ModelList');

export const fileEntrySchema = z
  .object({
    path: z.string(),
    shortPath: z.string().describe('For people: `~` stands for the home folder'),
    name: z.string().describe('The name of the workflow, or of the file where it cannot be read'),
    description: z.string().describe('What the workflow says about itself; empty when nothing'),
    modifiedAt: instant.nullable().describe('null: the file is gone'),
  })
  .openapi('WorkflowFileEntry');
export type FileEntry = z.infer<typeof fileEntrySchema>;

export const fileListSchema = z
  .object({
    folder: z.string().describe('Where new files are made'),
    recent: z.array(fileEntrySchema),
    examples: z.array(fileEntrySchema),
  })
  .openapi('WorkflowFileList');
export type FileList = z.infer<typeof fileListSchema>;

export const fileContentSchema = z
  .object({
    path: z.string(),
    text: z.string(),
    hash: z.string().describe('Sent back as `expectedHash` when saving'),
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
        sessionId: z.string().nullable().describe('The session that it says it belongs to'),
      }),
    ),
  })
  .openapi('OrphanList');
export type OrphanList = z.infer<typeof orphanListSchema>;

export const confirmationKindSchema = z.enum([
  'auto-create-pr-enable',
  'auto-create-pr-fire',
  'work-on-current-branch',
  'pass-variables',
]);

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

export const doctorCheckSchema = z.object({
  name: z.string(),
  state: z.enum(['ok', 'warning', 'failed']),
  detail: z.string(),
  suggestion: z.string().nullable(),
});
export type DoctorCheck = z.infer<typeof doctorCheckSchema>;

export const doctorSchema = z
  .object({ ok: z.boolean().describe('Nothing failed'), checks: z.array(doctorCheckSchema) })
  .openapi('Doctor');
export type Doctor = z.infer<typeof doctorSchema>;

export const environmentComparisonSchema = z
  .object({
    differs: z
      .array(z.enum(['CURSOR_API_KEY', 'CURSOR_BACKEND_URL']))
      .describe('What the caller has set and this daemon does not use'),
    keySource: z.enum(['environment', 'keychain', 'file', 'rehearsal', 'none']),
    backend: z.object({ kind: z.enum(['cursor', 'rehearsal']), url: z.string() }),
    taken: z
      .array(z.enum(['CURSOR_API_KEY', 'CURSOR_BACKEND_URL']))
      .describe('What this daemon has from the environment that it was started in'),
  })
  .openapi('EnvironmentComparison');
export type EnvironmentComparison = z.infer<typeof environmentComparisonSchema>;

export const stoppingSchema = z.object({ stopping: z.literal(true) }).openapi('Stopping');
