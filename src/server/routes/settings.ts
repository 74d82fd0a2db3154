import { routes } from '../../contract/routes.ts';
import type { Outcome } from '../../engine/api.ts';
import type { Result } from '../../runtimes/provider-error.ts';
import { unwrap } from '../failure.ts';
import type { App, RouteDependencies } from '../route-dependencies.ts';
import { instant } from '../views/instant.ts';

export function settingsHandlers(app: App, { services }: RouteDependencies): void {
  const { license, credentials, preferences, provider } = services;

  app.openapi(routes.license, (context) => context.json(license.view(), 200));
  app.openapi(routes.activateLicense, async (context) =>
    context.json(unwrap(await license.activate(context.req.valid('json').key)), 200),
  );
  app.openapi(routes.deactivateLicense, async (context) =>
    context.json(unwrap(await license.deactivate()), 200),
  );

  app.openapi(routes.credentials, async (context) => context.json(await credentials.view(), 200));
  app.openapi(routes.saveCredentials, async (context) =>
    context.json(unwrap(await credentials.save(context.req.valid('json'))), 200),
  );
  app.openapi(routes.clearCredentials, async (context) =>
    context.json(unwrap(await credentials.clear()), 200),
  );
  app.openapi(routes.validateCredentials, async (context) => {
    const credential = await credentials.validate(context.req.valid('json').key);
    return context.json({ isValid: credential.error === null, credential }, 200);
  });
  app.openapi(routes.smokeTest, async (context) => {
    const startedAt = performance.now();
    const outcome = await credentials.smokeTest();
    const durationMs = Math.round(performance.now() - startedAt);
    return context.json(
      outcome.ok
        ? { ok: true, durationMs, detail: outcome.value.detail, error: null }
        : { ok: false, durationMs, detail: outcome.error.message, error: outcome.error },
      200,
    );
  });

  app.openapi(routes.preferences, (context) => context.json(preferences.read(), 200));
  app.openapi(routes.savePreferences, async (context) =>
    context.json(unwrap(await preferences.change(context.req.valid('json'))), 200),
  );

  app.openapi(routes.repositories, async (context) => {
    const { refresh } = context.req.valid('query');
    const { urls, refreshedAt } = unwrap(outcomeOf(await provider().repositories({ refresh })));
    return context.json({ urls: [...urls], refreshedAt: instant(refreshedAt) }, 200);
  });
  app.openapi(routes.models, async (context) => {
    const models = unwrap(outcomeOf(await provider().models()));
    const items = models.map(({ parameters, ...model }) => ({
      ...model,
      aliases: [...model.aliases],
      ...(parameters === undefined
        ? {}
        : { parameters: parameters.map(({ id, values }) => ({ id, values: [...values] })) }),
    }));
    return context.json({ items }, 200);
  });
}

/** A provider's result, reduced to the fields of an outcome. */
function outcomeOf<Value>(result: Result<Value>): Outcome<Value> {
  if (result.ok) return result;
  const { code, message, suggestion } = result.error;
  return {
    ok: false,
    error: { code, message, ...(suggestion === undefined ? {} : { suggestion }) },
  };
}
