import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { ErrorView, Problem } from '../contract/error-views.ts';
import { httpStatus } from '../contract/errors.ts';
import type { Outcome } from '../engine/api.ts';

/** A failure as the API words it: what `errorBodySchema` describes. */
export type ErrorDetails = ErrorView & {
  readonly problems?: readonly Problem[] | undefined;
  readonly candidates?: readonly string[] | undefined;
};

/**
 * Ends the handling of a request with an error answer. Thrown, because handlers are typed by what they answer
 * when all goes well, and `app.onError` is the one place that writes errors.
 */
export class RequestError extends Error {
  override readonly name = 'Refusal';
  readonly body: ErrorDetails;

  constructor(body: ErrorDetails) {
    super(body.message);
    this.body = body;
  }
}

/** The value of an outcome. @throws Refusal when it is a failure. */
export function unwrap<Value>(outcome: Outcome<Value>): Value {
  if (outcome.ok) return outcome.value;
  const { problems, ...error } = outcome.error;
  throw new RequestError({
    ...error,
    ...(problems === undefined
      ? {}
      : { problems: problems.map((found) => ({ ...found, path: [...found.path] })) }),
  });
}

/** An outcome that says no. */
export function failed(
  code: string,
  message: string,
  suggestion?: string,
): Outcome<never> & { ok: false } {
  return {
    ok: false,
    error: { code, message, ...(suggestion === undefined ? {} : { suggestion }) },
  };
}

/** Writes an error answer with the status that belongs to its code. */
export function sendError(context: Context, body: ErrorDetails): Response {
  // `httpStatus` only knows statuses that carry a body.
  return context.json({ error: body }, httpStatus(body.code) as ContentfulStatusCode);
}
