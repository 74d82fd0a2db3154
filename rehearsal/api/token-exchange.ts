import type { Rehearsal } from '../rehearsal.ts';
import { Routes } from './routes.ts';

/** The token exchange, which the SDK calls in addition to the API and waits for without a timeout. */
export function tokenExchangeRoutes(rehearsal: Rehearsal): Routes {
  return new Routes(rehearsal).add(
    'POST',
    '/auth/exchange_user_api_key',
    'exchangeToken',
    (context) => context.json({ accessToken: 'rehearsal-access-token' }),
  );
}
