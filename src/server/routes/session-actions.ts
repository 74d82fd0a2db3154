import { failureWithCloudName } from '../../contract/cloud-name.ts';
import { routes } from '../../contract/routes.ts';
import type { Outcome } from '../../engine/api.ts';
import { turnOptionsOf } from '../../engine/compose/request.ts';
import { enhancedWorkflow } from '../enhanced-workflow.ts';
import { unwrap } from '../failure.ts';
import { findAgent, findSession, stateOf } from '../lookup.ts';
import type { App, RouteDependencies } from '../route-dependencies.ts';
import { type SessionFilter, toSessionQuery } from '../session-filter.ts';

const done = { ok: true } as const;

export function sessionActionHandlers(app: App, { services }: RouteDependencies): void {
  const { journal, engine } = services;
  const sessionOf = (reference: string) => findSession(journal, reference);
  const agentOf = (id: ReturnType<typeof sessionOf>, reference: string) =>
    findAgent(stateOf(journal, id), reference).id;

  /** For failures that belong to no session, and are about the cloud in use. */
  const withCloudNames = <Value>(outcome: Outcome<Value>): Outcome<Value> =>
    outcome.ok
      ? outcome
      : { ok: false, error: failureWithCloudName(services.provider().backend.kind, outcome.error) };

  app.openapi(routes.reconnect, async (context) => {
    const id = sessionOf(context.req.valid('param').id);
    return context.json(unwrap(await engine.reconnect(id)), 200);
  });

  app.openapi(routes.cancel, async (context) => {
    const id = sessionOf(context.req.valid('param').id);
    const { agent } = context.req.valid('json');
    unwrap(await engine.cancel(id, agent === undefined ? undefined : agentOf(id, agent)));
    return context.json(done, 200);
  });

  app.openapi(routes.dismissMany, async (context) => {
    const body = context.req.valid('json');
    const ids = 'ids' in body ? body.ids.map(sessionOf) : settledSessions(services.journal, body);
    const { dismissed } = unwrap(await engine.dismiss(ids));
    return context.json({ dismissed: [...dismissed] }, 200);
  });

  app.openapi(routes.dismiss, async (context) => {
    const id = sessionOf(context.req.valid('param').id);
    const { dismissed } = unwrap(await engine.dismiss([id]));
    return context.json({ dismissed: [...dismissed] }, 200);
  });

  app.openapi(routes.restore, async (context) => {
    unwrap(await engine.restore([sessionOf(context.req.valid('param').id)]));
    return context.json(done, 200);
  });

  app.openapi(routes.restoreMany, async (context) => {
    const ids = context.req.valid('json').ids.map(sessionOf);
    const { restored } = unwrap(await engine.restore(ids));
    return context.json({ restored: [...restored] }, 200);
  });

  app.openapi(routes.retry, async (context) => {
    const id = sessionOf(context.req.valid('param').id);
    unwrap(await engine.retry(id, agentOf(id, context.req.valid('json').agent)));
    return context.json(done, 200);
  });

  app.openapi(routes.followUp, async (context) => {
    const id = sessionOf(context.req.valid('param').id);
    const { agent, text, ...options } = context.req.valid('json');
    unwrap(await engine.followUp(id, agentOf(id, agent), text, turnOptionsOf(options)));
    return context.json(done, 200);
  });

  app.openapi(routes.answer, async (context) => {
    const id = sessionOf(context.req.valid('param').id);
    const { question = null, answer, note = null, plan = null, client } = context.req.valid('json');
    unwrap(await engine.answer(id, { question, answer, note, plan, by: client }));
    return context.json(done, 200);
  });

  app.openapi(routes.feedback, async (context) => {
    const id = sessionOf(context.req.valid('param').id);
    const { text, client } = context.req.valid('json');
    unwrap(await engine.feedback(id, { text, by: client }));
    return context.json(done, 200);
  });

  app.openapi(routes.enhancedWorkflow, async (context) => {
    const id = sessionOf(context.req.valid('param').id);
    const { path } = context.req.valid('query');
    return context.json(unwrap(await enhancedWorkflow(journal, stateOf(journal, id), path)), 200);
  });

  app.openapi(routes.changeBudget, async (context) => {
    const id = sessionOf(context.req.valid('param').id);
    const { client, usd, tokens } = context.req.valid('json');
    const change = {
      ...(usd === undefined ? {} : { usd }),
      ...(tokens === undefined ? {} : { tokens }),
    };
    unwrap(await engine.changeBudget(id, change, client));
    return context.json(done, 200);
  });

  app.openapi(routes.refetchArtifacts, async (context) => {
    const id = sessionOf(context.req.valid('param').id);
    const { agent } = context.req.valid('json');
    unwrap(await engine.refetchArtifacts(id, agent === undefined ? undefined : agentOf(id, agent)));
    return context.json(done, 200);
  });

  app.openapi(routes.orphans, async (context) => {
    const orphans = unwrap(withCloudNames(await engine.orphans()));
    return context.json({ items: orphans.map((orphan) => ({ ...orphan })) }, 200);
  });

  app.openapi(routes.adopt, async (context) => {
    const adopted = withCloudNames(await engine.adopt(context.req.valid('param').id));
    return context.json(unwrap(adopted), 200);
  });
}

/** The settled sessions on the list that match a filter. */
function settledSessions(
  journal: RouteDependencies['services']['journal'],
  { mode, status, queued, search }: Omit<SessionFilter, 'settled'>,
) {
  return journal.sessionIds(toSessionQuery({ mode, status, queued, search, settled: 'true' }));
}
