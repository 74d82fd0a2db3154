import { createRoute } from '@hono/zod-openapi';
import { endpoints } from '../endpoints.ts';
import { emptyBodySchema, loginBodySchema } from '../requests.ts';
import {
  browserSessionSchema,
  doneSchema,
  healthSchema,
  loginCodeSchema,
  loginSchema,
} from '../responses.ts';
import { body, responses } from './responses.ts';

const tags = ['Access'];

export const accessRoutes = {
  health: createRoute({
    ...endpoints.health,
    tags,
    security: [],
    summary: 'Checks whether a daemon is running. Needs no token',
    responses: responses(healthSchema, 'A daemon is running'),
  }),
  createLogin: createRoute({
    ...endpoints.createLogin,
    tags,
    summary: 'Creates a one-time code that can log in a browser within 60 seconds',
    request: { body: body(emptyBodySchema) },
    responses: responses(loginCodeSchema, 'The code'),
  }),
  login: createRoute({
    ...endpoints.login,
    tags,
    security: [],
    summary: 'Exchanges a one-time code for a cookie and a CSRF token',
    request: { body: body(loginBodySchema) },
    responses: responses(loginSchema, 'Logged in; the cookie is set'),
  }),
  logout: createRoute({
    ...endpoints.logout,
    tags,
    summary: 'Ends the session of this browser',
    request: { body: body(emptyBodySchema) },
    responses: responses(doneSchema, 'Logged out'),
  }),
  browserSession: createRoute({
    ...endpoints.browserSession,
    tags,
    security: [],
    summary:
      'Returns whether this browser is logged in, that is, has the cookie and the matching CSRF token',
    responses: responses(browserSessionSchema, 'The result'),
  }),
};
