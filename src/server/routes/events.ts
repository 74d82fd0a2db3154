import { routes } from '../../contract/routes.ts';
import { RequestError } from '../failure.ts';
import { findSession } from '../lookup.ts';
import type { App, RouteDependencies } from '../route-dependencies.ts';

export function eventHandlers(app: App, { services, sessions, streams }: RouteDependencies): void {
  const { journal } = services;

  app.openapi(routes.events, (context) => {
    const query = context.req.valid('query');
    const sessionId = query.session === undefined ? undefined : findSession(journal, query.session);
    if (sessionId !== undefined) services.viewerPresence.recordView(sessionId);
    const last = sessionId === undefined ? journal.lastPosition : sessions.lastSeq(sessionId);
    const after = cursorOf(context.req.header('last-event-id')) ?? query.after ?? 0;
    if (after > last) {
      throw new RequestError({
        code: 'unknown_position',
        message: `Event ${after} does not exist; the newest is ${last}.`,
        suggestion: 'The journal was replaced with an older one: read everything again from 0.',
      });
    }
    const body = streams.open({
      after,
      ...(sessionId === undefined ? {} : { sessionId }),
      ...(query.types === undefined ? {} : { types: query.types }),
    });
    return context.body(body, 200, { 'content-type': 'text/event-stream; charset=utf-8' });
  });
}

function cursorOf(lastEventId: string | undefined): number | null {
  if (lastEventId === undefined || lastEventId === '') return null;
  if (/^\d{1,15}$/.test(lastEventId)) return Number(lastEventId);
  throw new RequestError({
    code: 'bad_request',
    message: `"${lastEventId}" is not an event id: ids are whole numbers.`,
  });
}
