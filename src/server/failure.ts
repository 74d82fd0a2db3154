import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { ErrorView, Problem } from '../contract/error-views.ts';
import { httpStatus } from '../contract/errors.ts';
import type { Outcome } from '../engine/api.ts';

/** The error object in a response body, as described by `errorBodySchema`. */
export type ErrorDetails = ErrorView & {
  readonly problems?: readonly Problem[] | undefined;
  readonly candidates?: readonly string[] | undefined;
};

/**
 * Ends a request with an error response. It is thrown, because the types of handlers cover only successful responses;
 * `app.onError` writes the error.
 */
export class RequestError extends Error {
  override readonly name = 'Refusal';
  readonly body: ErrorDetails;

  constructor(body: ErrorDetails) {
    super(body.message);
    this.body = body;
  }
}

/** The value of an outcome. @throws RequestError if it is a failure */
export function unwrap<Value>(outcome: Outcome<Value>): Value {
  if (outcome.ok) return outcome.value;
  const { problems, ...error } = outcome.error;
  throw new RequestError({
    ...error,
    ...(problems === undefined
      ? {}
      : { problems: problems.map((problem) => ({ ...problem, path: [...problem.path] })) }),
  });
}

/** A failed outcome. */
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

/** The error response with the HTTP status of its code. */
export function sendError(context: Context, body: ErrorDetails): Response {
  // `httpStatus` returns only statuses that allow a body.
  return context.json({ error: body }, httpStatus(body.code) as ContentfulStatusCode);
}
