import { createRoute } from '@hono/zod-openapi';
import { statusViewSchema } from '../daemon-views.ts';
import { endpoints } from '../endpoints.ts';
import { environmentBodySchema, stopBodySchema } from '../requests.ts';
import { doctorSchema, environmentComparisonSchema, stoppingSchema } from '../responses.ts';
import { body, responses, responsesWith } from './responses.ts';

const tags = ['Daemon'];

export const daemonRoutes = {
  status: createRoute({
    ...endpoints.status,
    tags,
    summary: 'Returns the status of the daemon, its journal and the backend',
    responses: responses(statusViewSchema, 'The status'),
  }),
  doctor: createRoute({
    ...endpoints.doctor,
    tags,
    summary: 'Checks everything that a session needs, and says how to fix what is missing',
    responses: responses(doctorSchema, 'The checks'),
  }),
  stop: createRoute({
    ...endpoints.stop,
    tags,
    summary: 'Stops the daemon. Agents continue; the next start picks them up again',
    request: { body: body(stopBodySchema) },
    responses: responses(stoppingSchema, 'The daemon is stopping'),
  }),
  compareEnvironment: createRoute({
    ...endpoints.compareEnvironment,
    tags,
    summary: 'Returns whether this daemon uses the key and the address that a shell has set',
    request: { body: body(environmentBodySchema) },
    responses: responses(
      environmentComparisonSchema,
      'The comparison; it does not contain the key',
    ),
  }),
  openApi: createRoute({
    ...endpoints.openApi,
    tags,
    summary: 'This description',
    responses: responsesWith('application/json', 'OpenAPI 3.1'),
  }),
};
