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
import type { TurnOutput } from './turn-output.ts';

const MAX_RETRIES = 4;
const BACKOFF: Backoff = { baseMs: 1_000, capMs: 30_000 };
/** If the provider asks for a longer wait, the turn fails. */
const MAX_PAUSE_MS = 5 * 60_000;
/** How often a request may be repeated without an optional parameter. */
const MAX_ADAPTATIONS = 3;

export type Pause = (ms: number, signal: AbortSignal) => Promise<void>;
export const pauseFor: Pause = (ms, signal) => sleep(ms, undefined, { signal });

export type AskResult =
  | { readonly kind: 'answered'; readonly answer: ModelAnswer }
  | { readonly kind: 'failed'; readonly failed: ModelFailure }
  | { readonly kind: 'cancelled' };

/**
 * Asks for the next message of the model, and retries transient failures. The text of a failed attempt is retracted,
 * because the model repeats it. Never retries after a cancel.
 */
export async function askWithRetries(
  service: ModelService,
  request: () => ModelRequest,
  output: TurnOutput,
  pause: Pause,
): Promise<AskResult> {
  let adaptations = 0;
  for (let failures = 1; ; ) {
    const mark = output.mark();
    const { signal } = request();
    const result = await askOnce(request(), output);
    if (result.kind !== 'failed') return result;
    const { failed } = result;
    if (signal.aborted) return { kind: 'cancelled' };
    await output.retract(mark);
    if (
      adaptations < MAX_ADAPTATIONS &&
      isRejected(failed) &&
      service.adapt(failed.failure.message)
    ) {
      adaptations += 1;
      continue;
    }
    const pauseMs = failed.retryAfterMs ?? fullJitter(BACKOFF, failures, Math.random, 200);
    if (!failed.isTransient || failures > MAX_RETRIES || pauseMs > MAX_PAUSE_MS)
      return { kind: 'failed', failed: withWaitMessage(failed) };
    failures += 1;
    const count = `attempt ${failures} of ${MAX_RETRIES + 1}, in ${Math.ceil(pauseMs / 1_000)} s`;
    await output.notice('warning', `${failed.failure.message} Trying again (${count}).`);
    await pause(pauseMs, signal).catch(() => undefined); // Cancelled: handled below.
    if (signal.aborted) return { kind: 'cancelled' };
  }
}

async function askOnce(request: ModelRequest, output: TurnOutput): Promise<AskResult> {
  try {
    const answer = await askModel(request, (kind, text) => output.addText(kind, text));
    return isEmpty(answer)
      ? { kind: 'failed', failed: EMPTY_ANSWER }
      : { kind: 'answered', answer };
  } catch (error) {
    if (request.signal.aborted) return { kind: 'cancelled' };
    if (error instanceof RequestFailed)
      return { kind: 'failed', failed: failureOf(error.cause, error) };
    throw error;
  }
}

const isRejected = ({ failure }: ModelFailure): boolean => failure.code === 'invalid_request';

/** Small models sometimes return an empty answer; a retry helps. */
const isEmpty = ({ text, calls, finishReason }: ModelAnswer): boolean =>
  text.trim() === '' &&
  calls.length === 0 &&
  finishReason !== 'length' &&
  finishReason !== 'content-filter';
const EMPTY_ANSWER: ModelFailure = {
  failure: { code: 'stream_cut', message: 'The model sent an empty answer.' },
  isTransient: true,
};

/** Adds the wait that the provider asks for, if it is too long. */
function withWaitMessage(failed: ModelFailure): ModelFailure {
  const { retryAfterMs, failure } = failed;
  if (retryAfterMs === undefined || retryAfterMs <= MAX_PAUSE_MS) return failed;
  const minutes = Math.ceil(retryAfterMs / 60_000);
  const message = `${failure.message} The provider asks to wait for ${minutes} minutes.`;
  return { ...failed, isTransient: false, failure: { ...failure, message } };
}
