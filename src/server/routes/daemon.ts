import { routes } from '../../contract/routes.ts';
import { unwrap } from '../failure.ts';
import type { App, RouteDependencies } from '../route-dependencies.ts';

/** Long enough to send the response, and short enough to feel immediate. */
const STOP_DELAY_MS = 50;

export function daemonHandlers(app: App, { services, status }: RouteDependencies): void {
  app.openapi(routes.status, async (context) => {
    await services.localAgents.refresh();
    return context.json(status.read(), 200);
  });

  app.openapi(routes.doctor, async (context) => {
    const checks = await services.doctor();
    const ok = checks.every(({ state }) => state !== 'failed');
    return context.json({ ok, checks: [...checks] }, 200);
  });

  app.openapi(routes.compareEnvironment, async (context) =>
    context.json(await services.compareEnvironment(context.req.valid('json')), 200),
  );

  app.openapi(routes.stop, async (context) => {
    const { all = false } = context.req.valid('json');
    const ended = all ? unwrap(await services.localAgents.endAll()) : null;
    setTimeout(services.requestStop, STOP_DELAY_MS);
    return context.json(
      {
        stopping: true,
        ...(ended === null ? {} : { endedAgents: ended.ended, survivors: [...ended.survivors] }),
      } as const,
      200,
    );
  });

  app.openAPIRegistry.registerComponent('securitySchemes', 'token', {
    type: 'http',
    scheme: 'bearer',
    description: 'The token in the file `daemon-token` of the home folder',
  });
  app.openapi(routes.openApi, (context) =>
    context.json(
      app.getOpenAPI31Document({
        openapi: '3.1.0',
        info: { title: 'Cerevisor', version: services.build.version },
        security: [{ token: [] }],
      }),
      200,
    ),
  );
}
