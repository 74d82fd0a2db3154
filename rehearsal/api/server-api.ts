import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { controlRoutes } from '../ledger/control.ts';
import { localRoutes } from '../local/routes.ts';
import { modelRoutes } from '../models/model-routes.ts';
import { pageRoutes } from '../pages/routes.ts';
import type { Rehearsal } from '../rehearsal.ts';
import { accountRoutes } from './account.ts';
import { agentRoutes } from './agents.ts';
import { artifactStorageRoutes } from './artifact-storage.ts';
import { artifactRoutes } from './artifacts.ts';
import { requireKey } from './authentication.ts';
import { onlyLocal } from './local-only.ts';
import { Refusal } from './refusal.ts';
import type { Environment } from './routes.ts';
import { runRoutes } from './runs.ts';
import { sideTrafficRoutes } from './side-traffic.ts';
import { usageRoutes } from './usage.ts';
import { refuseVersion0 } from './version-0.ts';

/** All addresses of the rehearsal cloud. */
export function serverApi(rehearsal: Rehearsal): Hono<Environment> {
  const app = new Hono<Environment>();
  app.use(async (context, next) => {
    // Set on Node's own response: a header set through Hono would make a new response out of the marker that
    // says that a stream was already sent.
    context.env.outgoing.setHeader('x-request-id', randomUUID());
    await next();
  });
  app.use(onlyLocal);
  app.use('/v1/*', requireKey);
  for (const routes of [agentRoutes, runRoutes, artifactRoutes, usageRoutes]) {
    app.route('/v1/agents', routes(rehearsal).app);
  }
  app.route('/v1', accountRoutes(rehearsal).app);
  app.post('/v1/sub-tokens', () => {
    throw new Refusal('service_account_required', 'Sub-tokens need a service account key');
  });
  for (const path of ['/v0', '/v0/*']) app.all(path, refuseVersion0);
  for (const area of ['environments', 'secrets', 'team']) {
    for (const path of [`/v1/${area}`, `/v1/${area}/*`]) {
      app.all(path, () => {
        throw new Refusal('not_implemented', `The rehearsal cloud has no ${area}`);
      });
    }
  }
  for (const routes of [sideTrafficRoutes, localRoutes, artifactStorageRoutes, pageRoutes]) {
    app.route('/', routes(rehearsal).app);
  }
  app.route('/', modelRoutes(rehearsal));
  app.route('/rehearsal', controlRoutes(rehearsal));
  app.notFound((context) =>
    new Refusal('not_found', `Not found: ${context.req.method} ${context.req.path}`).toResponse(),
  );
  app.onError((error) => {
    if (error instanceof Refusal) return error.toResponse();
    console.error(error);
    return new Refusal('internal_error', 'The rehearsal cloud failed; see its output').toResponse();
  });
  return app;
}
