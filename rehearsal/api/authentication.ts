import { createMiddleware } from 'hono/factory';
import { ApiError } from './api-error.ts';

/** Accepts any non-empty key, as a Bearer token or as the user name of HTTP Basic. */
export const requireKey = createMiddleware(async (context, next) => {
  if (!hasKey(context.req.header('authorization') ?? '')) {
    throw new ApiError('unauthorized', 'Missing or invalid API key');
  }
  await next();
});

function hasKey(header: string): boolean {
  const [, scheme = '', credentials = ''] = /^(\S+)\s+(\S.*)$/.exec(header.trim()) ?? [];
  if (scheme.toLowerCase() === 'bearer') return credentials.trim() !== '';
  if (scheme.toLowerCase() !== 'basic') return false;
  return (Buffer.from(credentials, 'base64').toString('utf8').split(':')[0] ?? '') !== '';
}
