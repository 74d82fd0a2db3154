import { createHash } from 'node:crypto';
import type { Rehearsal } from '../rehearsal.ts';
import { readQuery } from './input.ts';
import { modelsOf } from './models.ts';
import { RateLimit } from './rate-limit.ts';
import { type Handler, Routes } from './routes.ts';

const accountCreatedAt = '2026-01-01T00:00:00.000Z';

export function accountRoutes(rehearsal: Rehearsal): Routes {
  return new Routes(rehearsal)
    .add('GET', '/me', 'getMe', getMe(rehearsal))
    .add('GET', '/models', 'listModels', listModels(rehearsal))
    .add('GET', '/repositories', 'listRepositories', listRepositories(rehearsal));
}

/** Every home folder is an account of its own: its agents are unknown to the others. */
const getMe =
  ({ linkKey }: Rehearsal): Handler =>
  (context) => {
    readQuery(context, {});
    return context.json({
      apiKeyName: 'Rehearsal',
      createdAt: accountCreatedAt,
      userId: accountNumber(linkKey),
      userEmail: 'you@rehearsal.invalid',
      userFirstName: 'Rehearsal',
      userLastName: 'Account',
    });
  };

function accountNumber(secret: string): number {
  return createHash('sha256').update(`account ${secret}`).digest().readUIntBE(0, 6);
}

const listModels =
  ({ options }: Rehearsal): Handler =>
  (context) => {
    readQuery(context, {});
    return context.json({ items: modelsOf(options) });
  };

/** Limited to 1 request per minute and 30 per hour, as at Cursor, unless the limit is switched off. */
function listRepositories({ options, clock }: Rehearsal): Handler {
  const limits = [new RateLimit(1, 60_000), new RateLimit(30, 3_600_000)];
  return (context) => {
    readQuery(context, {});
    if (options.limitRepositories) {
      const nowMs = clock.unscaledNow();
      for (const limit of limits) limit.check(nowMs);
      for (const limit of limits) limit.count(nowMs);
    }
    return context.json({ items: options.repositories.map(({ url }) => ({ url })) });
  };
}
