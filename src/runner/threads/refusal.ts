import type { RunnerError } from '../../runtimes/local/protocol.ts';

export type Answer<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: RunnerError };

export const refusal = (
  code: RunnerError['code'],
  message: string,
  more: Pick<RunnerError, 'address'> = {},
): Answer<never> => ({ ok: false, error: { code, message, ...more } });
