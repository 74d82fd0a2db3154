import { routes } from '../../contract/routes.ts';
import { removeRule, storedRules } from '../../engine/permission-rules.ts';
import { RequestError, unwrap } from '../failure.ts';
import { findSession, stateOf } from '../lookup.ts';
import type { App, RouteDependencies } from '../route-dependencies.ts';
import { instant } from '../views/instant.ts';
import { requestDetail } from '../views/request-view.ts';

const done = { ok: true } as const;

export function permissionHandlers(app: App, { services }: RouteDependencies): void {
  const { journal, engine } = services;

  app.openapi(routes.toolRequest, async (context) => {
    const { id, request } = context.req.valid('param');
    const state = stateOf(journal, findSession(journal, id));
    const detail = requestDetail(journal, state, request);
    if (detail !== null) return context.json(detail, 200);
    throw new RequestError({
      code: 'no_open_question',
      message: `The session has no request "${request}".`,
      suggestion: 'Open the session to see the requests that are waiting.',
    });
  });

  app.openapi(routes.answerToolRequest, async (context) => {
    const { id, request } = context.req.valid('param');
    const { decision, scope, pattern, note, client } = context.req.valid('json');
    unwrap(
      await engine.answerToolRequest(findSession(journal, id), {
        request,
        decision,
        scope,
        ...(pattern === undefined ? {} : { pattern }),
        ...(note === undefined ? {} : { note }),
        by: client,
      }),
    );
    return context.json(done, 200);
  });

  app.openapi(routes.permissionRules, async (context) => {
    const { workflowId } = context.req.valid('query');
    const items = storedRules(services, workflowId).map(
      ({ at, isExact, isAnswer: _, ...rule }) => ({
        ...rule,
        isExact: isExact ?? false,
        answeredAt: instant(at),
      }),
    );
    return context.json({ items }, 200);
  });

  app.openapi(routes.forgetPermissionRule, async (context) => {
    const { workflowId, folder, category, pattern, isExact } = context.req.valid('json');
    // The decision does not identify a rule, so any value will do.
    removeRule(services, workflowId, { folder, category, pattern, isExact, decision: 'allow' });
    return context.json(done, 200);
  });
}
