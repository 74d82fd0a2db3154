import type { MiddlewareHandler } from 'hono';
import { CONTRACT_HEADER } from '../../contract/endpoints.ts';
import { contractFingerprint } from '../../contract/fingerprint.ts';

/** Only our own files run and load; nobody may frame us. Styles set by script (React, the canvas) are no inline styles. */
const pagePolicy = [
  "default-src 'self'",
  "img-src 'self' data: blob:",
  "worker-src 'self' blob:",
  "object-src 'none'",
  "frame-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** For what agents made: it may be looked at, and do nothing. */
export const sandboxPolicy =
  "sandbox; default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'";

/** Headers of every answer; a handler may set a stricter policy or a longer life in caches. */
export const securityHeaders: MiddlewareHandler = async (context, next) => {
  await next();
  const { headers } = context.res;
  const ensure = (name: string, value: string): void => {
    if (!headers.has(name)) headers.set(name, value);
  };
  ensure('content-security-policy', pagePolicy);
  ensure('cache-control', 'no-store');
  if (contractFingerprint !== null) headers.set(CONTRACT_HEADER, contractFingerprint);
  headers.set('x-content-type-options', 'nosniff');
  headers.set('referrer-policy', 'no-referrer');
  headers.set('x-frame-options', 'DENY');
  headers.set('cross-origin-opener-policy', 'same-origin');
  headers.set('cross-origin-resource-policy', 'same-origin');
};
