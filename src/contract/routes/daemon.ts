import { createRoute } from '@hono/zod-openapi';
import { doctorSchema, environmentComparisonSchema, stoppingSchema } from '../answers.ts';
import { endpoints } from '../endpoints.ts';
import { emptyBodySchema, environmentBodySchema } from '../requests.ts';
import { statusViewSchema } from '../views.ts';
import { answers, answersWith, body } from './answer.ts';

const tags = ['Daemon'];

export const daemonRoutes = {
  status: createRoute({
    ...endpoints.status,
    tags,
    summary: 'How the daemon, its journal and the backend are',
    responses: answers(statusViewSchema, 'The status'),
  }),
  doctor: createRoute({
    ...endpoints.doctor,
    tags,
    summary: 'Checks everything a session needs, and says what to do about what is missing',
    responses: answers(doctorSchema, 'The checks'),
  }),
  stop: createRoute({
    ...endpoints.stop,
    tags,
    summary: 'Stops the daemon. Cloud agents go on; the next start carries on with them',
    request: { body: body(emptyBodySchema) },
    responses: answers(stoppingSchema, 'It is about to stop'),
  }),
  compareEnvironment: createRoute({
    ...endpoints.compareEnvironment,
    tags,
    summary: 'Whether this daemon uses the key and the address that a shell has set',
    request: { body: body(environmentBodySchema) },
    responses: answers(environmentComparisonSchema, 'The comparison; it holds no key'),
  }),
  openApi: createRoute({
    ...endpoints.openApi,
    tags,
    summary: 'This description',
    responses: answersWith('application/json', 'OpenAPI 3.1'),
  }),
};
