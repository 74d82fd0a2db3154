import type { RunnerError } from '../../runtimes/local/protocol.ts';

export type Answer<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: RunnerError };

export const refusal = (
  code: RunnerError['code'],
  message: string,
  more: Pick<RunnerError, 'address' | 'suggestion'> = {},
): Answer<never> => ({ ok: false, error: { code, message, ...more } });

/** Nothing is begun that could not be found again after a crash. */
export const diskRefusal = (cause: Error): Answer<never> =>
  refusal('disk_full', `Nothing was started, because it cannot be recorded: ${cause.message}.`, {
    suggestion: 'Free some space; the request is then repeated automatically.',
  });
