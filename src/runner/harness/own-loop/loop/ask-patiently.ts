import { setTimeout as sleep } from 'node:timers/promises';
import { type Backoff, fullJitter } from '../../../../lib/backoff.ts';
import {
  askModel,
  type ModelAnswer,
  type ModelRequest,
  RequestFailed,
} from '../model/ask-model.ts';
import type { ModelService } from '../model/connect-model.ts';
import { failureOf, type ModelFailure } from '../model/failures.ts';
import type { Voice } from './voice.ts';

const MAX_RETRIES = 4;
const BACKOFF: Backoff = { baseMs: 1_000, capMs: 30_000 };
/** A service that asks for a longer pause wants the person, not us. */
const MAX_PAUSE_MS = 5 * 60_000;
/** How often a service may refuse a part of a request that can be left out. */
const MAX_ADAPTATIONS = 3;

export type Pause = (ms: number, signal: AbortSignal) => Promise<void>;
export const realPause: Pause = (ms, signal) => sleep(ms, undefined, { signal });

export type Asked =
  | { readonly kind: 'answered'; readonly answer: ModelAnswer }
  | { readonly kind: 'failed'; readonly failed: ModelFailure }
  | { readonly kind: 'cancelled' };

/**
 * Asks for the next message of the model, and again when that fails for a reason that passes. What had been said is
 * taken back: the model says it again. Never after a cancel.
 */
export async function askPatiently(
  service: ModelService,
  request: () => ModelRequest,
  voice: Voice,
  pause: Pause,
): Promise<Asked> {
  let adaptations = 0;
  for (let failures = 1; ; ) {
    const mark = voice.mark();
    const { signal } = request();
    const failed = await once(request(), voice);
    if (!('failure' in failed)) return failed;
    if (signal.aborted) return { kind: 'cancelled' };
    await voice.retract(mark);
    if (
      adaptations < MAX_ADAPTATIONS &&
      isRefusal(failed) &&
      service.adapt(failed.failure.message)
    ) {
      adaptations += 1;
      continue;
    }
    const pauseMs = failed.retryAfterMs ?? fullJitter(BACKOFF, failures, Math.random, 200);
    if (!failed.isTransient || failures > MAX_RETRIES || pauseMs > MAX_PAUSE_MS)
      return { kind: 'failed', failed: withPause(failed) };
    failures += 1;
    const count = `attempt ${failures} of ${MAX_RETRIES + 1}, in ${Math.ceil(pauseMs / 1_000)} s`;
    await voice.notice('warning', `${failed.failure.message} Trying again (${count}).`);
    await pause(pauseMs, signal).catch(() => undefined); // Cancelled: seen below.
    if (signal.aborted) return { kind: 'cancelled' };
  }
}

async function once(
  request: ModelRequest,
  voice: Voice,
): Promise<Exclude<Asked, { kind: 'failed' }> | ModelFailure> {
  try {
    const answer = await askModel(request, (kind, text) => voice.say(kind, text));
    if (isEmpty(answer)) return EMPTY;
    return { kind: 'answered', answer };
  } catch (error) {
    if (request.signal.aborted) return { kind: 'cancelled' };
    if (error instanceof RequestFailed) return failureOf(error.cause, error.hasBegun);
    throw error;
  }
}

const isRefusal = ({ failure }: ModelFailure): boolean => failure.code === 'invalid_request';

/** Small models sometimes say nothing at all; asked again, they do. */
const isEmpty = ({ text, calls, finishReason }: ModelAnswer): boolean =>
  text.trim() === '' &&
  calls.length === 0 &&
  finishReason !== 'length' &&
  finishReason !== 'content-filter';
const EMPTY: ModelFailure = {
  failure: { code: 'stream_cut', message: 'The model sent an empty answer.' },
  isTransient: true,
};

/** Tells how long the service wants us to wait, where that is longer than we do. */
function withPause(failed: ModelFailure): ModelFailure {
  const { retryAfterMs, failure } = failed;
  if (retryAfterMs === undefined || retryAfterMs <= MAX_PAUSE_MS) return failed;
  const minutes = Math.ceil(retryAfterMs / 60_000);
  const message = `${failure.message} The provider asks to wait for ${minutes} minutes.`;
  return { ...failed, isTransient: false, failure: { ...failure, message } };
}
