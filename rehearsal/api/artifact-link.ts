import { createHmac, timingSafeEqual } from 'node:crypto';

export type LinkTarget = {
  readonly agentId: string;
  readonly path: string;
  readonly expiresAtMs: number;
  readonly isEndless: boolean;
};

/** Returns a link that gives access to one artifact for a limited time without a key, like a presigned link. */
export function signedLink(origin: string, key: string, target: LinkTarget): string {
  const url = new URL('/artifact-storage', origin);
  url.searchParams.set('agent', target.agentId);
  url.searchParams.set('path', target.path);
  url.searchParams.set('expires', String(target.expiresAtMs));
  if (target.isEndless) url.searchParams.set('endless', '1');
  url.searchParams.set('signature', signatureOf(key, target));
  return url.href;
}

/** Returns the target of a link, or `undefined` if its signature is invalid. The caller checks its expiry. */
export function readLink(query: URLSearchParams, key: string): LinkTarget | undefined {
  const target = {
    agentId: query.get('agent') ?? '',
    path: query.get('path') ?? '',
    expiresAtMs: Number(query.get('expires')),
    isEndless: query.get('endless') === '1',
  };
  const provided = Buffer.from(query.get('signature') ?? '');
  const expected = Buffer.from(signatureOf(key, target));
  return provided.length === expected.length && timingSafeEqual(provided, expected)
    ? target
    : undefined;
}

function signatureOf(key: string, { agentId, path, expiresAtMs, isEndless }: LinkTarget): string {
  const signed = JSON.stringify([agentId, path, expiresAtMs, isEndless]);
  return createHmac('sha256', key).update(signed).digest('hex');
}
