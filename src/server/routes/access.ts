import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { CSRF_HEADER } from '../../contract/endpoints.ts';
import { routes } from '../../contract/routes.ts';
import type { App, RouteDependencies } from '../route-dependencies.ts';
import { rejectLogin } from '../security/gate.ts';
import { CODE_LIFETIME_MS, LOGIN_LIFETIME_MS } from '../security/logins.ts';

export function accessHandlers(app: App, { services, security, address }: RouteDependencies): void {
  const { logins } = security;

  app.openapi(routes.health, (context) =>
    context.json({ ok: true, version: services.build.version } as const, 200),
  );

  app.openapi(routes.createLogin, (context) => {
    const code = logins.newCode();
    // The fragment of a URL is neither sent to servers nor logged.
    const url = `${address}/#login=${code}`;
    return context.json({ code, expiresInSeconds: CODE_LIFETIME_MS / 1000, url }, 200);
  });

  app.openapi(routes.login, (context) => {
    const login = logins.redeem(context.req.valid('json').code);
    // The type of the route covers only success; its `default` response describes errors.
    if (login === null)
      return rejectLogin(context, security, services.log, 'wrong_login_code') as never;
    setCookie(context, logins.cookieName, login.cookie, {
      httpOnly: true,
      sameSite: 'Strict',
      path: '/',
      maxAge: LOGIN_LIFETIME_MS / 1000,
    });
    return context.json({ csrfToken: login.csrfToken }, 200);
  });

  app.openapi(routes.logout, (context) => {
    const cookie = getCookie(context, logins.cookieName);
    if (cookie !== undefined) logins.forget(cookie);
    deleteCookie(context, logins.cookieName, { path: '/' });
    return context.json({ ok: true } as const, 200);
  });

  app.openapi(routes.browserSession, (context) => {
    const cookie = getCookie(context, logins.cookieName);
    const login = cookie === undefined ? null : logins.find(cookie);
    // The token itself is returned only at login: another local service that was sent our cookie must not get it.
    const isLoggedIn = login !== null && logins.isCsrfToken(login, context.req.header(CSRF_HEADER));
    return context.json({ isLoggedIn, command: services.command }, 200);
  });
}
