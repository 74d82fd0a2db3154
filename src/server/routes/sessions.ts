import type { Context } from 'hono';
import { routes } from '../../contract/routes.ts';
import { unwrap } from '../failure.ts';
import { findAgent, findSession, stateOf } from '../lookup.ts';
import type { App, RouteDependencies } from '../route-dependencies.ts';
import { exportSession } from '../session-export.ts';
import { toSessionQuery } from '../session-filter.ts';
import { toStartRequest } from '../start-request.ts';
import { eventView } from '../views/event-view.ts';
import { attachment } from './attachment.ts';

export function sessionHandlers(app: App, { services, sessions }: RouteDependencies): void {
  const { journal, engine } = services;

  app.openapi(routes.start, async (context) => {
    const request = unwrap(await toStartRequest(context.req.valid('json')));
    return context.json(unwrap(await engine.start(request)), 200);
  });

  app.openapi(routes.sessions, (context) => {
    const query = context.req.valid('query');
    const { rows, total } = journal.sessions({
      ...toSessionQuery(query),
      includeDismissed: query.all,
      limit: query.limit,
      offset: query.offset,
      order: query.order,
    });
    const items = rows.map(({ state }) => sessions.listItem(state));
    return context.json({ items, total }, 200);
  });

  app.openapi(routes.session, (context) => {
    const id = findSession(journal, context.req.valid('param').id);
    services.viewerPresence.recordView(id);
    return context.json(sessions.detail(id), 200);
  });

  app.openapi(routes.sessionEvents, (context) => {
    const id = findSession(journal, context.req.valid('param').id);
    services.viewerPresence.recordView(id);
    const { after, before, limit, agent, types, newestFirst } = context.req.valid('query');
    const items = journal
      .sessionEvents(id, {
        limit,
        newestFirst,
        ...(after === undefined ? {} : { after }),
        ...(before === undefined ? {} : { before }),
        ...(types === undefined ? {} : { types }),
        ...(agent === undefined ? {} : { agentId: findAgent(stateOf(journal, id), agent).id }),
      })
      .map(eventView);
    return context.json({ items, lastSeq: sessions.lastSeq(id) }, 200);
  });

  app.openapi(routes.exportSession, (context: Context) => {
    const id = findSession(journal, context.req.param('id') ?? '');
    return context.body(exportSession(id, services, sessions), 200, {
      'content-type': 'application/zip',
      'content-disposition': attachment(`cerevisor-${id.slice(0, 10)}.zip`),
    });
  });
}
