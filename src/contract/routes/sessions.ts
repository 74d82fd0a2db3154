import { createRoute } from '@hono/zod-openapi';
import { endpoints } from '../endpoints.ts';
import {
  agentBodySchema,
  artifactFileParamsSchema,
  artifactFileQuerySchema,
  dismissBodySchema,
  emptyBodySchema,
  eventStreamQuerySchema,
  eventsQuerySchema,
  followUpBodySchema,
  optionalAgentBodySchema,
  orphanParamsSchema,
  sessionParamsSchema as params,
  restoreBodySchema,
  sessionsQuerySchema,
  startBodySchema,
} from '../requests.ts';
import {
  artifactListSchema,
  dismissAnswerSchema,
  doneSchema,
  eventPageSchema,
  orphanListSchema,
  reconnectAnswerSchema,
  restoreAnswerSchema,
  sessionIdAnswerSchema,
  sessionPageSchema,
} from '../responses.ts';
import { sessionDetailSchema } from '../views.ts';
import { body, responses, responsesWith } from './responses.ts';

const tags = ['Sessions'];

export const sessionRoutes = {
  start: createRoute({
    ...endpoints.start,
    tags,
    summary: 'Starts a session. It is on disk when the answer comes',
    request: { body: body(startBodySchema) },
    responses: responses(sessionIdAnswerSchema, 'Started'),
  }),
  sessions: createRoute({
    ...endpoints.sessions,
    tags,
    summary: 'Sessions, newest first',
    request: { query: sessionsQuerySchema },
    responses: responses(sessionPageSchema, 'A page of them'),
  }),
  session: createRoute({
    ...endpoints.session,
    tags,
    summary: 'One session whole',
    request: { params },
    responses: responses(sessionDetailSchema, 'The session'),
  }),
  sessionEvents: createRoute({
    ...endpoints.sessionEvents,
    tags,
    summary: 'Events of a session',
    request: { params, query: eventsQuerySchema },
    responses: responses(eventPageSchema, 'A page of them'),
  }),
  events: createRoute({
    ...endpoints.events,
    tags,
    summary: 'Everything that happens, as server-sent events; resumes by `Last-Event-ID`',
    description:
      'Unnamed messages carry one Event each; their id is its `position` (its `seq`, with `session`). ' +
      '`event: ready` says that all that was on disk has been sent; `event: status` carries a Status. ' +
      'A comment every 15 seconds shows that the connection lives.',
    request: { query: eventStreamQuerySchema },
    responses: responsesWith('text/event-stream', 'The stream'),
  }),
  artifacts: createRoute({
    ...endpoints.artifacts,
    tags,
    summary: 'Artifacts of a session and where they are on this machine',
    request: { params },
    responses: responses(artifactListSchema, 'The artifacts'),
  }),
  artifactFile: createRoute({
    ...endpoints.artifactFile,
    tags,
    summary: 'One artifact, as a download; pictures and text also `inline`',
    request: { params: artifactFileParamsSchema, query: artifactFileQuerySchema },
    responses: responsesWith('application/octet-stream', 'The bytes'),
  }),
  exportSession: createRoute({
    ...endpoints.exportSession,
    tags,
    summary: 'All that is known of a session in a zip, keys left out',
    request: { params },
    responses: responsesWith('application/zip', 'The zip'),
  }),
};

export const sessionActionRoutes = {
  reconnect: createRoute({
    ...endpoints.reconnect,
    tags,
    summary: 'Asks Cursor how every attempt is, and carries on',
    request: { params, body: body(emptyBodySchema) },
    responses: responses(reconnectAnswerSchema, 'Asked'),
  }),
  cancel: createRoute({
    ...endpoints.cancel,
    tags,
    summary: 'Asks Cursor to stop the session, or one of its agents',
    request: { params, body: body(optionalAgentBodySchema) },
    responses: responses(
      doneSchema,
      'The wish is on disk; the status follows when Cursor confirms',
    ),
  }),
  dismiss: createRoute({
    ...endpoints.dismiss,
    tags,
    summary: 'Takes a settled session off the list; its files stay',
    request: { params, body: body(emptyBodySchema) },
    responses: responses(dismissAnswerSchema, 'Dismissed'),
  }),
  dismissMany: createRoute({
    ...endpoints.dismissMany,
    tags,
    summary: 'Dismisses the named sessions, or all that are settled and fit a filter',
    request: { body: body(dismissBodySchema) },
    responses: responses(dismissAnswerSchema, 'Dismissed'),
  }),
  restore: createRoute({
    ...endpoints.restore,
    tags,
    summary: 'Puts a dismissed session back on the list',
    request: { params, body: body(emptyBodySchema) },
    responses: responses(doneSchema, 'Restored'),
  }),
  restoreMany: createRoute({
    ...endpoints.restoreMany,
    tags,
    summary: 'Puts dismissed sessions back on the list',
    request: { body: body(restoreBodySchema) },
    responses: responses(restoreAnswerSchema, 'Restored'),
  }),
  retry: createRoute({
    ...endpoints.retry,
    tags,
    summary: 'Tries a failed agent again, as a new attempt',
    request: { params, body: body(agentBodySchema) },
    responses: responses(doneSchema, 'On its way'),
  }),
  followUp: createRoute({
    ...endpoints.followUp,
    tags,
    summary: 'Sends another prompt to an agent',
    request: { params, body: body(followUpBodySchema) },
    responses: responses(doneSchema, 'On its way'),
  }),
  refetchArtifacts: createRoute({
    ...endpoints.refetchArtifacts,
    tags,
    summary: 'Fetches artifacts afresh, of the session or of one agent',
    request: { params, body: body(optionalAgentBodySchema) },
    responses: responses(doneSchema, 'Fetched, or as far as it went'),
  }),
  orphans: createRoute({
    ...endpoints.orphans,
    tags,
    summary: 'Cursor agents that carry our mark and that the journal does not know',
    responses: responses(orphanListSchema, 'The orphans'),
  }),
  adopt: createRoute({
    ...endpoints.adopt,
    tags,
    summary: 'Makes a session out of such an agent',
    request: { params: orphanParamsSchema, body: body(emptyBodySchema) },
    responses: responses(sessionIdAnswerSchema, 'Adopted'),
  }),
};
