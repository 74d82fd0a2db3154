import { accessRoutes } from './routes/access.ts';
import { changesRoutes } from './routes/changes.ts';
import { daemonRoutes } from './routes/daemon.ts';
import { mcpValueRoutes } from './routes/mcp-values.ts';
import { permissionRoutes } from './routes/permissions.ts';
import { providerRoutes } from './routes/providers.ts';
import { sessionActionRoutes, sessionRoutes } from './routes/sessions.ts';
import { settingsRoutes } from './routes/settings.ts';
import { workflowRoutes } from './routes/workflows.ts';

/** All endpoints. The server implements them, the client calls them, `/api/openapi.json` describes them. */
export const routes = {
  ...accessRoutes,
  ...daemonRoutes,
  ...workflowRoutes,
  ...sessionRoutes,
  ...sessionActionRoutes,
  ...permissionRoutes,
  ...changesRoutes,
  ...settingsRoutes,
  ...providerRoutes,
  ...mcpValueRoutes,
};
