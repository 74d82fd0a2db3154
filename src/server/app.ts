import { OpenAPIHono } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { diskTrouble, JournalFailure } from '../journal/disk-trouble.ts';
import { type ErrorDetails, RequestError, sendError } from './failure.ts';
import { redactValues, withRedactionCount } from './redaction.ts';
import type { App, RouteDependencies } from './route-dependencies.ts';
import { accessHandlers } from './routes/access.ts';
import { artifactHandlers } from './routes/artifacts.ts';
import { changesHandlers } from './routes/changes.ts';
import { daemonHandlers } from './routes/daemon.ts';
import { eventHandlers } from './routes/events.ts';
import { fileHandlers } from './routes/files.ts';
import { mcpValueHandlers } from './routes/mcp-values.ts';
import { permissionHandlers } from './routes/permissions.ts';
import { providerHandlers } from './routes/providers.ts';
import { sessionActionHandlers } from './routes/session-actions.ts';
import { sessionHandlers } from './routes/sessions.ts';
import { settingsHandlers } from './routes/settings.ts';
import { workflowHandlers } from './routes/workflows.ts';
import { jsonGate, loginGate, originGate } from './security/gate.ts';
import { securityHeaders } from './security/headers.ts';
import type { Log, Services } from './services.ts';
import { servePages } from './static.ts';

/** Much larger than any workflow. Workflow files have a lower limit with a more specific message. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** The HTTP application: security checks first, then the API, then the pages of the app. */
export function createApp(parts: RouteDependencies, pagesFolder: string): App {
  const { log } = parts.services;
  const app: App = new OpenAPIHono({
    defaultHook: (result, context) => {
      if (result.success) return;
      return sendError(context, {
        code: 'bad_request',
        message: `The request is not valid: ${result.error.issues.map(issueText).join('; ')}.`,
        suggestion: '/api/openapi.json describes every request.',
      });
    },
  });
  app.onError((error, context) => {
    if (error instanceof RequestError)
      return sendError(context, withoutKeys(error.body, parts.services));
    if (error instanceof HTTPException && error.status === 400) {
      return sendError(context, { code: 'bad_request', message: 'The body is not valid JSON.' });
    }
    return sendError(context, unexpected(error, log, context.req.path));
  });
  app.use(securityHeaders);
  app.use(originGate(log));
  app.use('/api/*', jsonGate);
  app.use('/api/*', loginGate(parts.security, log));
  app.use(
    '/api/*',
    bodyLimit({
      maxSize: MAX_BODY_BYTES,
      onError: (context) =>
        sendError(context, { code: 'too_large', message: 'The body is larger than 16 MB.' }),
    }),
  );
  accessHandlers(app, parts);
  daemonHandlers(app, parts);
  workflowHandlers(app, parts);
  fileHandlers(app, parts);
  sessionHandlers(app, parts);
  changesHandlers(app, parts);
  sessionActionHandlers(app, parts);
  permissionHandlers(app, parts);
  artifactHandlers(app, parts);
  eventHandlers(app, parts);
  settingsHandlers(app, parts);
  providerHandlers(app, parts);
  mcpValueHandlers(app, parts);
  app.all('/api/*', (context) =>
    sendError(context, {
      code: 'not_found',
      message: `There is no ${context.req.method} ${context.req.path}.`,
      suggestion: '/api/openapi.json lists all paths.',
    }),
  );
  servePages(app, pagesFolder);
  return app;
}

/** Error messages can quote a request, a file or Cursor's response, and so contain a key. */
function withoutKeys(body: ErrorDetails, { redact }: Services): ErrorDetails {
  const [clean] = redactValues([body], redact);
  // It has the same fields, and possibly `redactions`.
  return clean === undefined ? body : (withRedactionCount(clean) as ErrorDetails);
}

function issueText(issue: {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}): string {
  return issue.path.length === 0
    ? issue.message
    : `${issue.path.map(String).join('.')}: ${issue.message}`;
}

/** The error for an exception: a disk failure is reported as such; any other exception is a bug. */
function unexpected(error: Error, log: Log, path: string) {
  log.error({ error: error.stack ?? error.message, path }, 'a request failed unexpectedly');
  const trouble = error instanceof JournalFailure ? error.trouble : diskTrouble(error);
  if (trouble !== null) return { ...trouble };
  return {
    code: 'internal_error',
    message: 'An internal error occurred in Cerevisor. Nothing that was stored is lost.',
    suggestion: 'See daemon.log in the home folder, and run `cerevisor doctor`.',
  };
}
