import { routes } from '../../contract/routes.ts';
import { unwrap } from '../failure.ts';
import { listFolders } from '../folders.ts';
import type { App, RouteDependencies } from '../route-dependencies.ts';
import { WorkflowFiles } from '../workflow-files.ts';
import { validationContext } from '../workflow-validation.ts';

export function fileHandlers(app: App, { services }: RouteDependencies): void {
  const { journal, homeFolder } = services;
  const files = new WorkflowFiles(journal.facts, validationContext(services), services);

  app.openapi(routes.files, async (context) => context.json(await files.list(), 200));

  app.openapi(routes.folders, async (context) => {
    const { path } = context.req.valid('query');
    return context.json(unwrap(await listFolders({ homeFolder, journal }, path)), 200);
  });

  app.openapi(routes.readFile, async (context) =>
    context.json(unwrap(await files.read(context.req.valid('query').path)), 200),
  );

  app.openapi(routes.saveFile, async (context) => {
    const { path, text, expectedHash } = context.req.valid('json');
    return context.json(unwrap(await files.save(path, text, expectedHash)), 200);
  });

  app.openapi(routes.createFile, async (context) =>
    context.json(unwrap(await files.create(context.req.valid('json'))), 200),
  );

  app.openapi(routes.duplicateFile, async (context) => {
    const { path, name } = context.req.valid('json');
    return context.json(unwrap(await files.duplicate(path, name)), 200);
  });

  app.openapi(routes.forgetFile, (context) => {
    files.forget(context.req.valid('json').path);
    return context.json({ ok: true as const }, 200);
  });
}
