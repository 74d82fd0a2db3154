import type { Context } from 'hono';
import { ApiError } from './api-error.ts';

/** The v1 successor of each v0 operation, by its path after `/v0`. */
const successors: readonly (readonly [RegExp, string])[] = [
  [/^\/agents\/[^/]+\/followup$/, 'POST /v1/agents/{id}/runs'],
  [/^\/agents\/[^/]+\/stop$/, 'POST /v1/agents/{id}/runs/{runId}/cancel'],
  [/^\/agents\/[^/]+\/conversation$/, 'GET /v1/agents/{id}/runs/{runId}/stream'],
  [/^\/agents\/[^/]+\/artifacts\/download$/, 'GET /v1/agents/{id}/artifacts/download?path='],
  [/^\/agents\/[^/]+\/artifacts$/, 'GET /v1/agents/{id}/artifacts'],
  [/^\/agents\/[^/]+$/, '/v1/agents/{id}'],
  [/^\/agents$/, '/v1/agents, which has a different body and returns {agent, run}'],
  [/^\/(me|models|repositories)$/, 'the address of the same name under /v1'],
];

/** Responds to requests of the older API with the v1 operation to call instead. */
export function rejectVersion0(context: Context): Response {
  const path = context.req.path.replace(/^\/v0/, '').replace(/\/$/, '');
  const successor = path.startsWith('/private-workers')
    ? 'There are no workers: the rehearsal cloud runs the agents of a pool itself.'
    : `Use ${successors.find(([pattern]) => pattern.test(path))?.[1] ?? '/v1'} instead.`;
  return new ApiError(
    'not_implemented',
    `The rehearsal cloud supports v1 of the Cloud Agents API, not v0. ${successor}`,
  ).toResponse();
}
