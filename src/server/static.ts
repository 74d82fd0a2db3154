import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { serveStatic } from '@hono/node-server/serve-static';
import type { App } from './route-dependencies.ts';

/** Vite puts a hash of the content into these names, so they never change. */
const hashedNames = /^\/assets\//;

/** Serves the built app; every address that is no file is one of its own (`/sessions/…`). */
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
  // Looked for with every request: the app may be built while the daemon runs.
  app.get('*', (context, next) => (existsSync(page) ? file()(context, next) : next()));
  app.get('*', async (context, next) => {
    // A missing script answered with a page would only fail later, and less clearly.
    if (/\.\w+$/.test(context.req.path)) return context.text('Not found', 404);
    if (!existsSync(page)) return context.html(notBuilt, 503);
    return appPage()(context, next);
  });
  app.notFound((context) => context.text('Not found', 404));
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
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
