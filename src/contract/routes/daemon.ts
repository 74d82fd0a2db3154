import { createRoute } from '@hono/zod-openapi';
import { endpoints } from '../endpoints.ts';
import { emptyBodySchema, environmentBodySchema } from '../requests.ts';
import { doctorSchema, environmentComparisonSchema, stoppingSchema } from '../responses.ts';
import { statusViewSchema } from '../views.ts';
import { body, responses, responsesWith } from './responses.ts';

const tags = ['Daemon'];

export const daemonRoutes = {
  status: createRoute({
    ...endpoints.status,
    tags,
    summary: 'How the daemon, its journal and the backend are',
    responses: responses(statusViewSchema, 'The status'),
  }),
  doctor: createRoute({
    ...endpoints.doctor,
    tags,
    summary: 'Checks everything a session needs, and says what to do about what is missing',
    responses: responses(doctorSchema, 'The checks'),
  }),
  stop: createRoute({
    ...endpoints.stop,
    tags,
    summary: 'Stops the daemon. Cloud agents go on; the next start carries on with them',
    request: { body: body(emptyBodySchema) },
    responses: responses(stoppingSchema, 'It is about to stop'),
  }),
  compareEnvironment: createRoute({
    ...endpoints.compareEnvironment,
    tags,
    summary: 'Whether this daemon uses the key and the address that a shell has set',
    request: { body: body(environmentBodySchema) },
    responses: responses(environmentComparisonSchema, 'The comparison; it holds no key'),
  }),
  openApi: createRoute({
    ...endpoints.openApi,
    tags,
    summary: 'This description',
    responses: responsesWith('application/json', 'OpenAPI 3.1'),
  }),
};
