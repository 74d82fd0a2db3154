import { createMiddleware } from 'hono/factory';
import { ApiError } from './api-error.ts';

const loopbackNames = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Rejects requests from web pages: a foreign Host indicates DNS rebinding, a foreign Origin a page in the user's
 * browser.
 */
export const requireLoopback = createMiddleware(async (context, next) => {
  const host = context.req.header('host') ?? '';
  const origin = context.req.header('origin');
  const hostUrl = `http://${host}`;
  const isLocal = URL.canParse(hostUrl) && loopbackNames.has(new URL(hostUrl).hostname);
  const isOwn =
    origin === undefined || (URL.canParse(origin) && loopbackNames.has(new URL(origin).hostname));
  if (!isLocal || !isOwn) {
    throw new ApiError('role_forbidden', 'The rehearsal cloud responds only to this machine');
  }
  await next();
});
