import type { Rehearsal } from '../rehearsal.ts';
import { Routes } from './routes.ts';

/**
 * What the SDK calls beside the API. It waits for these without a deadline, so they are answered at once; a 404
 * for the RPCs is accepted by it and leaves its privacy mode on.
 */
export function sideTrafficRoutes(rehearsal: Rehearsal): Routes {
  return new Routes(rehearsal)
    .add('POST', '/auth/exchange_user_api_key', 'exchangeToken', (context) =>
      context.json({ accessToken: 'rehearsal-access-token' }),
    )
    .add('POST', '/:service{aiserver\\.v1\\.[^/]+}/:method', 'callRpc', (context) =>
      context.json({ code: 'unimplemented', message: 'Not part of the rehearsal cloud' }, 404),
    );
}
