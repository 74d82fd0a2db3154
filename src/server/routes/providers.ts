import { routes } from '../../contract/routes.ts';
import { RequestError, unwrap } from '../failure.ts';
import { findProviderInFiles } from '../provider-uses.ts';
import type { App, RouteDependencies } from '../route-dependencies.ts';
import { WorkflowFiles } from '../workflow-files.ts';
import { validationContext } from '../workflow-validation.ts';

export function providerHandlers(app: App, { services }: RouteDependencies): void {
  const { providers, journal } = services;
  const files = new WorkflowFiles(journal.facts, validationContext(services), services);

  app.openapi(routes.providers, async (context) =>
    context.json({ items: [...(await providers.list())] }, 200),
  );
  app.openapi(routes.addProvider, async (context) =>
    context.json(unwrap(await providers.add(context.req.valid('json'))), 200),
  );
  app.openapi(routes.changeProvider, async (context) => {
    const { id } = context.req.valid('param');
    return context.json(unwrap(await providers.change(id, context.req.valid('json'))), 200);
  });
  app.openapi(routes.removeProvider, async (context) => {
    const { id } = context.req.valid('param');
    const use = await findProviderInFiles(files, id);
    if (use !== null)
      throw new RequestError({
        code: 'provider_in_use',
        message: `The provider "${id}" is used by ${use.who} of ${use.path}.`,
        suggestion: 'Choose another provider there first, or remove the file from the list.',
      });
    return context.json(unwrap(await providers.remove(id)), 200);
  });
  app.openapi(routes.defaultProvider, async (context) =>
    context.json(unwrap(await providers.makeDefault(context.req.valid('param').id)), 200),
  );
  app.openapi(routes.saveProviderKey, async (context) => {
    const { id } = context.req.valid('param');
    return context.json(unwrap(await providers.saveKey(id, context.req.valid('json'))), 200);
  });
  app.openapi(routes.clearProviderKey, async (context) =>
    context.json(unwrap(await providers.clearKey(context.req.valid('param').id)), 200),
  );
  app.openapi(routes.detectProvider, async (context) =>
    context.json(unwrap(await providers.detect(context.req.valid('param').id)), 200),
  );
  app.openapi(routes.validateProvider, async (context) => {
    const { id } = context.req.valid('param');
    return context.json(unwrap(await providers.validate(id, context.req.valid('json').key)), 200);
  });
  app.openapi(routes.smokeTestProvider, async (context) =>
    context.json(unwrap(await providers.smokeTest(context.req.valid('param').id)), 200),
  );
  app.openapi(routes.providerModels, async (context) => {
    const { id } = context.req.valid('param');
    return context.json(unwrap(await providers.models(id)), 200);
  });
  app.openapi(routes.harnesses, async (context) =>
    context.json({ items: [...(await providers.harnesses())] }, 200),
  );
  app.openapi(routes.fetchHarness, async (context) =>
    context.json(await providers.fetchHarness(context.req.valid('param').name), 200),
  );
  app.openapi(routes.cancelFetch, async (context) =>
    context.json(await providers.cancelFetch(context.req.valid('param').name), 200),
  );
}
