import { fileSystemFailure } from '../../lib/expected-failure.ts';
import type { HostFailure } from '../harness/harness.ts';

/** The failure of a turn that ended with an unexpected error in the runner. */
export function internalFailure(error: unknown): HostFailure {
  const systemFailure = fileSystemFailure(error);
  if (systemFailure !== null) return systemFailure;
  const reason = error instanceof Error ? error.message : String(error);
  return { code: 'internal', message: `Something went wrong in the runner: ${reason}` };
}

/** For the log: the stack of an error, or its text. */
export const stackOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
