import type { Rehearsal } from '../rehearsal.ts';
import { Routes } from './routes.ts';

/** What the SDK calls next to the API. It waits for this without a deadline, so it is answered at once. */
export function tokenExchangeRoutes(rehearsal: Rehearsal): Routes {
  return new Routes(rehearsal).add(
    'POST',
    '/auth/exchange_user_api_key',
    'exchangeToken',
    (context) => context.json({ accessToken: 'rehearsal-access-token' }),
  );
}
