import { createMiddleware } from 'hono/factory';
import { ApiError } from './api-error.ts';

const loopbackNames = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Answers only what was meant for this machine: another Host would be a foreign page that reaches us through its own
 * name, another Origin a page in the person's browser.
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
