import { routes } from '../../contract/routes.ts';
import { unwrap } from '../failure.ts';
import type { App, RouteDependencies } from '../route-dependencies.ts';

export function mcpValueHandlers(app: App, { services: { mcpValues } }: RouteDependencies): void {
  app.openapi(routes.mcpValues, async (context) =>
    context.json({ items: [...(await mcpValues.list(context.req.valid('query').names))] }, 200),
  );
  app.openapi(routes.saveMcpValue, async (context) => {
    const { name } = context.req.valid('param');
    return context.json(unwrap(await mcpValues.save(name, context.req.valid('json'))), 200);
  });
  app.openapi(routes.clearMcpValue, async (context) =>
    context.json(unwrap(await mcpValues.clear(context.req.valid('param').name)), 200),
  );
}
