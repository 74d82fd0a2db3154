import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context, Next } from 'hono';
import { isErrorCode, statusOf } from '../api/api-error.ts';
import { isConnectCode, statusOfConnectCode } from './connect-codes.ts';
import { type EffectOf, type FaultPoint, requestKinds } from './fault.ts';
import type { FaultRegistry } from './fault-registry.ts';

type RequestEffect = EffectOf<(typeof requestKinds)[number]>;
type Environment = { Bindings: HttpBindings };
/** Builds an error response in the form of the request's API. */
export type ErrorResponse = (effect: EffectOf<'error'>) => Response;

/**
 * Applies the faults of a request before or after its handler. A fault `after` the handler loses only the response: the
 * request has taken effect, which is the hardest case for a client.
 */
export async function withRequestFaults(
  context: Context<Environment>,
  next: Next,
  options: {
    readonly registry: FaultRegistry;
    readonly faultPoint: FaultPoint;
    readonly errorResponse?: ErrorResponse;
  },
): Promise<Response | undefined> {
  const { registry, faultPoint, errorResponse = cursorError } = options;
  const effects = registry.fire(requestKinds, faultPoint);
  for (const effect of effects) {
    if (whenOf(effect) === 'after') continue;
    const response = await applyEffect(context, effect, errorResponse);
    if (response !== undefined) return response;
  }
  await next();
  for (const effect of effects) {
    if (whenOf(effect) !== 'after') continue;
    const response = await applyEffect(context, effect, errorResponse);
    if (response !== undefined) {
      // Hono merges headers into an existing response, so it is unset first.
      context.res = undefined;
      context.res = response;
    }
  }
  return undefined;
}

const whenOf = (effect: RequestEffect): 'before' | 'after' =>
  'when' in effect ? (effect.when ?? 'before') : 'before';

async function applyEffect(
  context: Context<Environment>,
  effect: RequestEffect,
  errorResponse: ErrorResponse,
): Promise<Response | undefined> {
  const { incoming } = context.env;
  switch (effect.kind) {
    case 'error':
      return errorResponse(effect);
    case 'html':
      return new Response('<!doctype html><title>Bad gateway</title><h1>Bad gateway</h1>', {
        status: effect.status,
        headers: { 'content-type': 'text/html; charset=utf-8' },
      });
    case 'malformed':
      return new Response('{"agent": {"id": "bc-', {
        headers: { 'content-type': 'application/json' },
      });
    case 'reset':
      incoming.socket.resetAndDestroy();
      return RESPONSE_ALREADY_SENT;
    case 'hang':
      await new Promise<void>((resolve) => incoming.socket.once('close', () => resolve()));
      return RESPONSE_ALREADY_SENT;
    case 'delay':
      await new Promise<void>((resolve) => setTimeout(resolve, effect.ms));
      return undefined;
    default:
      return effect satisfies never;
  }
}

function cursorError(effect: EffectOf<'error'>): Response {
  const { code, helpUrl, provider, retryAfterSeconds } = effect;
  const status = effect.status ?? statusFor(code);
  const message = effect.message ?? `Rehearsed fault: ${code}`;
  const nested = {
    code,
    message,
    ...(helpUrl === undefined ? {} : { helpUrl }),
    ...(provider === undefined ? {} : { provider }),
  };
  const headers: Record<string, string> = {};
  if (status === 429) {
    headers['x-ratelimit-limit'] = '60';
    headers['x-ratelimit-remaining'] = '0';
    headers['x-ratelimit-reset'] = String(
      Math.ceil(Date.now() / 1_000) + (retryAfterSeconds ?? 60),
    );
  }
  if (retryAfterSeconds !== undefined) headers['retry-after'] = String(retryAfterSeconds);
  const isConnect = isConnectCode(code) && !isErrorCode(code);
  const body = isConnect
    ? { code, message }
    : effect.flat === true
      ? { error: code, message }
      : { error: nested };
  return Response.json(body, { status, headers });
}

function statusFor(code: string): number {
  if (isErrorCode(code)) return statusOf(code);
  return isConnectCode(code) ? statusOfConnectCode(code) : 500;
}
