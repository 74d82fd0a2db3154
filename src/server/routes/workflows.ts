import { routes } from '../../contract/routes.ts';
import type { LocalSummary } from '../../engine/api.ts';
import { confirmationKey } from '../../engine/start/confirmations.ts';
import { unwrap } from '../failure.ts';
import type { App, RouteDependencies } from '../route-dependencies.ts';
import { toStartRequest } from '../start-request.ts';
import { instantOrNull } from '../views/instant.ts';
import { validate, validationContext } from '../workflow-validation.ts';
import { confirmationFacts } from './confirmation-facts.ts';

export function workflowHandlers(app: App, { services }: RouteDependencies): void {
  const { engine, journal } = services;
  const validation = validationContext(services);

  app.openapi(routes.validate, async (context) =>
    context.json(unwrap(await validate(context.req.valid('json'), validation)), 200),
  );

  app.openapi(routes.preflight, async (context) => {
    const request = unwrap(await toStartRequest(context.req.valid('json')));
    const { canStart, problems, summary, confirmations } = await engine.preflight(request);
    return context.json(
      {
        canStart,
        problems: problems.map((found) => ({ ...found, path: [...found.path] })),
        summary:
          summary === null
            ? null
            : {
                ...summary,
                waves: summary.waves.map((wave) => [...wave]),
                repositories: [...summary.repositories],
                limitations: [...summary.limitations],
                local: summary.local === null ? null : localView(summary.local),
              },
        confirmations: [...confirmations],
      },
      200,
    );
  });

  app.openapi(routes.confirmations, (context) => {
    const { workflowId } = context.req.valid('query');
    const items = confirmationFacts(journal.facts, workflowId).map((fact) => ({
      ...fact,
      confirmedAt: instantOrNull(fact.confirmedAt),
    }));
    return context.json({ items }, 200);
  });

  app.openapi(routes.confirm, (context) => {
    const { workflowId, kind } = context.req.valid('json');
    journal.facts.set(confirmationKey(kind, workflowId), { at: services.now() });
    return context.json({ ok: true } as const, 200);
  });
}

const localView = (local: LocalSummary) => ({
  ...local,
  setup: [...local.setup],
  copy: [...local.copy],
  enforcement: [...local.enforcement],
  permissions: local.permissions.map((each) => ({ ...each })),
});
