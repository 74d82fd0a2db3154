import type { Context, MiddlewareHandler } from 'hono';
import { getCookie } from 'hono/cookie';
import { CSRF_HEADER } from '../../contract/endpoints.ts';
import { sendError } from '../failure.ts';
import type { Log } from '../services.ts';
import type { FailedLogins } from './failed-logins.ts';
import type { Logins } from './logins.ts';
import { isLoopbackHost, isOwnOrigin } from './origins.ts';
import { isSameSecret } from './secrets.ts';

export type Security = {
  readonly token: string;
  readonly logins: Logins;
  readonly failedLogins: FailedLogins;
  /** The command that logs the user in. */
  readonly command: string;
};

/** Paths that need no login. Their responses contain nothing confidential. */
const publicPaths = new Set(['/health', '/api/login', '/api/me-session']);
/** Paths that create logins or compare a key: they require the token. */
const tokenPaths = new Set(['/api/logins', '/api/environment/compare']);
const safeMethods = new Set(['GET', 'HEAD']);

/** Rejects requests that do not come from pages of Cerevisor or from local programs. Runs before all other checks. */
export function originGate(log: Log): MiddlewareHandler {
  return async (context, next) => {
    const host = context.req.header('host');
    if (!isLoopbackHost(host)) {
      log.warn({ host }, 'rejected a request for another host');
      return sendError(context, {
        code: 'foreign_host',
        message: 'This is not an address of Cerevisor.',
        suggestion:
          'Open it as 127.0.0.1 or localhost, with the port that `cerevisor start` shows or the port of your SSH tunnel.',
      });
    }
    const origin = context.req.header('origin');
    const isForeignPage = origin !== undefined && !isOwnOrigin(origin, host);
    // `none`: the user typed the address. `same-site`: a page on another port of this machine.
    const site = context.req.header('sec-fetch-site') ?? 'none';
    if (isForeignPage || (site !== 'none' && site !== 'same-origin')) {
      log.warn({ origin, site }, 'rejected a request from a foreign page');
      return sendError(context, {
        code: 'foreign_origin',
        message: 'Only pages of Cerevisor itself can do this.',
      });
    }
    return next();
  };
}

/** Mutations must be JSON: a foreign page cannot send JSON without a CORS preflight, which fails. */
export const jsonGate: MiddlewareHandler = async (context, next) => {
  const { method } = context.req;
  if (safeMethods.has(method) || method === 'DELETE') return next();
  const [mediaType = ''] = (context.req.header('content-type') ?? '').split(';');
  if (mediaType.trim().toLowerCase() === 'application/json') return next();
  return sendError(context, {
    code: 'not_json',
    message: 'The body must be JSON.',
    suggestion: 'Send `Content-Type: application/json`.',
  });
};

/** Requires the token, or the login cookie; mutations with a cookie also require the CSRF token. */
export function loginGate(security: Security, log: Log): MiddlewareHandler {
  return async (context, next) => {
    const { path, method } = context.req;
    if (publicPaths.has(path)) return next();
    if (hasToken(context, security.token)) return next();
    const cookie = getCookie(context, security.logins.cookieName);
    const login = cookie === undefined ? null : security.logins.find(cookie);
    if (login === null || tokenPaths.has(path)) return rejectLogin(context, security, log);
    const csrfToken = context.req.header(CSRF_HEADER);
    if (safeMethods.has(method) || security.logins.isCsrfToken(login, csrfToken)) return next();
    return sendError(context, {
      code: 'csrf_required',
      message: "The request does not contain this page's token.",
      suggestion: 'Reload the page.',
    });
  };
}

/** Responds with 401, or with 429 after too many failures, and logs it. */
export function rejectLogin(
  context: Context,
  { failedLogins, command }: Security,
  log: Log,
  code: 'not_logged_in' | 'wrong_login_code' = 'not_logged_in',
): Response {
  const isTooMany = failedLogins.record();
  log.warn({ path: context.req.path, code }, 'rejected a request that is not logged in');
  if (isTooMany) {
    context.header('retry-after', '60');
    return sendError(context, {
      code: 'too_many_attempts',
      message: 'Too many requests without login.',
      suggestion: 'Wait a minute.',
    });
  }
  const message = {
    not_logged_in: 'You are not logged in.',
    wrong_login_code: 'This login link has already been used, or is older than a minute.',
  }[code];
  return sendError(context, {
    code,
    message,
    suggestion: `Run \`${command}\` again: it opens the app and logs you in.`,
  });
}

function hasToken(context: Context, token: string): boolean {
  const [scheme, value] = (context.req.header('authorization') ?? '').split(' ');
  return scheme?.toLowerCase() === 'bearer' && value !== undefined && isSameSecret(value, token);
}
