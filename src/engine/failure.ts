import { createRedactor } from '../lib/redact.ts';
import type { ProviderError } from '../runtimes/provider-error.ts';
import type { Failure } from '../session/events.ts';

const redact = createRedactor(() => []);

/** A provider's error as it is stored in events. */
export function failureOf(error: ProviderError): Failure {
  const suggestion = [error.suggestion, error.helpUrl]
    .filter((part) => part !== undefined)
    .join(' ');
  return withoutKeys({
    code: error.code,
    message: error.message,
    ...(suggestion === '' ? {} : { suggestion }),
  });
}

/** Redacts keys, which a provider's message may quote. `redactions` counts them. */
export function withoutKeys(failure: Failure): Failure {
  const [message, suggestion] = redact([failure.message, failure.suggestion ?? '']);
  const redactions = (message?.count ?? 0) + (suggestion?.count ?? 0);
  if (message === undefined || suggestion === undefined || redactions === 0) return failure;
  return {
    ...failure,
    message: message.text,
    ...(failure.suggestion === undefined ? {} : { suggestion: suggestion.text }),
    redactions,
  };
}
