import { accessRoutes } from './routes/access.ts';
import { daemonRoutes } from './routes/daemon.ts';
import { sessionActionRoutes, sessionRoutes } from './routes/sessions.ts';
import { settingsRoutes } from './routes/settings.ts';
import { workflowRoutes } from './routes/workflows.ts';

/** Every endpoint there is. The server answers them, the client calls them, `/api/openapi.json` shows them. */
export const routes = {
  ...accessRoutes,
  ...daemonRoutes,
  ...workflowRoutes,
  ...sessionRoutes,
  ...sessionActionRoutes,
  ...settingsRoutes,
};
