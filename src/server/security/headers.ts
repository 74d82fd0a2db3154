import type { MiddlewareHandler } from 'hono';
import { CONTRACT_HEADER } from '../../contract/endpoints.ts';
import { contractFingerprint } from '../../contract/fingerprint.ts';

/** Allows only our own files, and no framing. Styles that scripts set (React, the canvas) do not count as inline styles. */
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

/** For files that agents produced: they can be viewed, but cannot run scripts. */
export const sandboxPolicy =
  "sandbox; default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'";

/** Sets the headers of every response. A handler may set a stricter policy, or allow caching. */
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
