import { systemErrorReason } from '../../lib/system-error.ts';
import type { RunnerError } from '../../runtimes/local/protocol.ts';

export type Result<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: RunnerError };

/** A rejected request. */
export const failed = (
  code: RunnerError['code'],
  message: string,
  more: Pick<RunnerError, 'address' | 'suggestion'> = {},
): Result<never> => ({ ok: false, error: { code, message, ...more } });

/** Nothing is started that could not be recorded. */
export const diskFull = (cause: Error): Result<never> =>
  failed(
    'disk_full',
    `Nothing was started, because it cannot be recorded: ${systemErrorReason(cause)}.`,
    {
      suggestion: 'Free some space; the request is then repeated automatically.',
    },
  );
