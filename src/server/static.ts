import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { serveStatic } from '@hono/node-server/serve-static';
import type { App } from './route-dependencies.ts';

/** Vite puts a content hash into these names, so that the files never change. */
const hashedNames = /^\/assets\//;

/** Serves the built app. Paths that are not files (`/sessions/…`) are routes of the app. */
export function servePages(app: App, folder: string): void {
  const page = join(folder, 'index.html');
  const file = once(() =>
    serveStatic({
      root: folder,
      onFound: (_, context) => {
        if (hashedNames.test(context.req.path)) {
          context.header('cache-control', 'public, max-age=31536000, immutable');
        }
      },
    }),
  );
  const appPage = once(() => serveStatic({ root: folder, path: 'index.html' }));
  // Checked for every request, because the app may be built while the daemon is running.
  app.get('*', (context, next) => (existsSync(page) ? file()(context, next) : next()));
  app.get('*', async (context, next) => {
    // Returning the page for a missing script would cause a less clear error later.
    if (/\.\w+$/.test(context.req.path)) return context.text('Not found', 404);
    if (!existsSync(page)) return context.html(notBuilt, 503);
    return appPage()(context, next);
  });
  app.notFound((context) => context.text('Not found', 404));
}

function once<Value>(create: () => Value): () => Value {
  let created: { readonly value: Value } | undefined;
  return () => {
    created ??= { value: create() };
    return created.value;
  };
}

const notBuilt = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Cerevisor</title>
<h1>The app is not built yet</h1>
<p>Cerevisor itself is running: its command line and its API work.</p>
<p>Build the app with <code>npm start</code> in Cerevisor's folder, then reload this page.</p>
</html>
`;
