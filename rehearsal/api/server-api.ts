import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { controlRoutes } from '../ledger/control-routes.ts';
import { localRoutes } from '../local/routes.ts';
import { modelRoutes } from '../models/model-routes.ts';
import { pageRoutes } from '../pages/routes.ts';
import type { Rehearsal } from '../rehearsal.ts';
import { accountRoutes } from './account.ts';
import { agentRoutes } from './agents.ts';
import { ApiError } from './api-error.ts';
import { artifactStorageRoutes } from './artifact-storage.ts';
import { artifactRoutes } from './artifacts.ts';
import { requireKey } from './authentication.ts';
import { requireLoopback } from './require-loopback.ts';
import type { Environment } from './routes.ts';
import { runRoutes } from './runs.ts';
import { tokenExchangeRoutes } from './token-exchange.ts';
import { usageRoutes } from './usage.ts';
import { rejectVersion0 } from './version-0.ts';

/** All routes of the rehearsal cloud. */
export function serverApi(rehearsal: Rehearsal): Hono<Environment> {
  const app = new Hono<Environment>();
  app.use(async (context, next) => {
    // Set on Node's own response: a header set through Hono would replace `RESPONSE_ALREADY_SENT`, the marker of a
    // stream, with a new response.
    context.env.outgoing.setHeader('x-request-id', randomUUID());
    await next();
  });
  app.use(requireLoopback);
  app.use('/v1/*', requireKey);
  for (const routes of [agentRoutes, runRoutes, artifactRoutes, usageRoutes]) {
    app.route('/v1/agents', routes(rehearsal).app);
  }
  app.route('/v1', accountRoutes(rehearsal).app);
  app.post('/v1/sub-tokens', () => {
    throw new ApiError('service_account_required', 'Sub-tokens need a service account key');
  });
  for (const path of ['/v0', '/v0/*']) app.all(path, rejectVersion0);
  for (const area of ['environments', 'secrets', 'team']) {
    for (const path of [`/v1/${area}`, `/v1/${area}/*`]) {
      app.all(path, () => {
        throw new ApiError('not_implemented', `The rehearsal cloud has no ${area}`);
      });
    }
  }
  for (const routes of [tokenExchangeRoutes, localRoutes, artifactStorageRoutes, pageRoutes]) {
    app.route('/', routes(rehearsal).app);
  }
  app.route('/', modelRoutes(rehearsal));
  app.route('/rehearsal', controlRoutes(rehearsal));
  app.notFound((context) =>
    new ApiError('not_found', `Not found: ${context.req.method} ${context.req.path}`).toResponse(),
  );
  app.onError((error) => {
    if (error instanceof ApiError) return error.toResponse();
    console.error(error);
    return new ApiError(
      'internal_error',
      'The rehearsal cloud failed; see its output',
    ).toResponse();
  });
  return app;
}
