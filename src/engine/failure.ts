import type { ProviderError } from '../providers/port.ts';
import type { Failure } from '../session/events.ts';

/** A provider's error as an event keeps it. */
export function failureOf(error: ProviderError): Failure {
  const suggestion = [error.suggestion, error.helpUrl]
    .filter((part) => part !== undefined)
    .join(' ');
  return {
    code: error.code,
    message: error.message,
    ...(suggestion === '' ? {} : { suggestion }),
  };
}
