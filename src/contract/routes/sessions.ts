import { createRoute } from '@hono/zod-openapi';
import { endpoints } from '../endpoints.ts';
import {
  enhancedWorkflowQuerySchema,
  enhancedWorkflowSchema,
  feedbackBodySchema,
} from '../enhance.ts';
import {
  agentBodySchema,
  answerBodySchema,
  artifactFileParamsSchema,
  artifactFileQuerySchema,
  budgetBodySchema,
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
  dismissedSchema,
  doneSchema,
  eventPageSchema,
  orphanListSchema,
  reconnectedSchema,
  restoredSchema,
  sessionPageSchema,
  sessionReferenceSchema,
} from '../responses.ts';
import { sessionDetailSchema } from '../session-views.ts';
import { body, responses, responsesWith } from './responses.ts';

const tags = ['Sessions'];

export const sessionRoutes = {
  start: createRoute({
    ...endpoints.start,
    tags,
    summary: 'Starts a session. When the response arrives, the session is on disk',
    request: { body: body(startBodySchema) },
    responses: responses(sessionReferenceSchema, 'Started'),
  }),
  sessions: createRoute({
    ...endpoints.sessions,
    tags,
    summary: 'Lists sessions, newest first',
    request: { query: sessionsQuerySchema },
    responses: responses(sessionPageSchema, 'One page'),
  }),
  session: createRoute({
    ...endpoints.session,
    tags,
    summary: 'Returns one session in full',
    request: { params },
    responses: responses(sessionDetailSchema, 'The session'),
  }),
  sessionEvents: createRoute({
    ...endpoints.sessionEvents,
    tags,
    summary: 'Returns events of a session',
    request: { params, query: eventsQuerySchema },
    responses: responses(eventPageSchema, 'One page'),
  }),
  events: createRoute({
    ...endpoints.events,
    tags,
    summary:
      'Streams everything that happens as server-sent events; can be resumed with `Last-Event-ID`',
    description:
      'Unnamed messages contain one Event each; their id is its `position` (its `seq`, with `session`). ' +
      '`event: ready` means that everything on disk has been sent; `event: status` contains a Status. ' +
      'A comment every 15 seconds shows that the connection is alive.',
    request: { query: eventStreamQuerySchema },
    responses: responsesWith('text/event-stream', 'The stream'),
  }),
  artifacts: createRoute({
    ...endpoints.artifacts,
    tags,
    summary: 'Lists the artifacts of a session and where they are on this machine',
    request: { params },
    responses: responses(artifactListSchema, 'The artifacts'),
  }),
  artifactFile: createRoute({
    ...endpoints.artifactFile,
    tags,
    summary: 'Returns one artifact as a download; images and text also `inline`',
    request: { params: artifactFileParamsSchema, query: artifactFileQuerySchema },
    responses: responsesWith('application/octet-stream', 'The content'),
  }),
  exportSession: createRoute({
    ...endpoints.exportSession,
    tags,
    summary: 'Exports everything about a session as a zip file, without keys',
    request: { params },
    responses: responsesWith('application/zip', 'The zip file'),
  }),
};

export const sessionActionRoutes = {
  reconnect: createRoute({
    ...endpoints.reconnect,
    tags,
    summary: 'Asks Cursor for the state of every attempt, and continues the session',
    request: { params, body: body(emptyBodySchema) },
    responses: responses(reconnectedSchema, 'Asked'),
  }),
  cancel: createRoute({
    ...endpoints.cancel,
    tags,
    summary: 'Asks Cursor to stop the session, or one of its agents',
    request: { params, body: body(optionalAgentBodySchema) },
    responses: responses(
      doneSchema,
      'The request is on disk; the status changes when Cursor confirms it',
    ),
  }),
  dismiss: createRoute({
    ...endpoints.dismiss,
    tags,
    summary: 'Removes a settled session from the list; its files are kept',
    request: { params, body: body(emptyBodySchema) },
    responses: responses(dismissedSchema, 'Dismissed'),
  }),
  dismissMany: createRoute({
    ...endpoints.dismissMany,
    tags,
    summary: 'Dismisses the named sessions, or all settled sessions that match a filter',
    request: { body: body(dismissBodySchema) },
    responses: responses(dismissedSchema, 'Dismissed'),
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
    responses: responses(restoredSchema, 'Restored'),
  }),
  retry: createRoute({
    ...endpoints.retry,
    tags,
    summary: 'Retries a failed agent in a new attempt',
    request: { params, body: body(agentBodySchema) },
    responses: responses(doneSchema, 'Accepted'),
  }),
  answer: createRoute({
    ...endpoints.answer,
    tags,
    summary: 'Answers a question that the session asks; the first answer counts',
    request: { params, body: body(answerBodySchema) },
    responses: responses(doneSchema, 'Accepted'),
  }),
  changeBudget: createRoute({
    ...endpoints.changeBudget,
    tags,
    summary: 'Changes the budget of a session; raising it lets the session continue',
    request: { params, body: body(budgetBodySchema) },
    responses: responses(doneSchema, 'Accepted'),
  }),
  followUp: createRoute({
    ...endpoints.followUp,
    tags,
    summary: 'Sends another prompt to an agent',
    request: { params, body: body(followUpBodySchema) },
    responses: responses(doneSchema, 'Accepted'),
  }),
  feedback: createRoute({
    ...endpoints.feedback,
    tags,
    summary: 'Says what the next round of Loop & Enhance should improve',
    request: { params, body: body(feedbackBodySchema) },
    responses: responses(doneSchema, 'Stored'),
  }),
  enhancedWorkflow: createRoute({
    ...endpoints.enhancedWorkflow,
    tags,
    summary: 'Returns the workflow as edited by Loop & Enhance, to be saved with `saveFile`',
    request: { params, query: enhancedWorkflowQuerySchema },
    responses: responses(enhancedWorkflowSchema, 'The edited workflow'),
  }),
  refetchArtifacts: createRoute({
    ...endpoints.refetchArtifacts,
    tags,
    summary: 'Downloads artifacts again, of the session or of one agent',
    request: { params, body: body(optionalAgentBodySchema) },
    responses: responses(doneSchema, 'The result, including any downloads that failed'),
  }),
  orphans: createRoute({
    ...endpoints.orphans,
    tags,
    summary: 'Lists Cursor agents that were started by Cerevisor but are not in the journal',
    responses: responses(orphanListSchema, 'The orphans'),
  }),
  adopt: createRoute({
    ...endpoints.adopt,
    tags,
    summary: 'Creates a session from such an agent',
    request: { params: orphanParamsSchema, body: body(emptyBodySchema) },
    responses: responses(sessionReferenceSchema, 'Adopted'),
  }),
};
