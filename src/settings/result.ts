/** An expected failure: what happened, and what to do next. `code` is stable. */
export type SettingsFailure = {
  readonly code:
    | 'home_unusable'
    | 'invalid_preference'
    | 'invalid_key'
    | 'consent_required'
    | 'keychain_unavailable'
    | 'not_writable';
  readonly message: string;
  readonly suggestion: string;
};

export type SettingsResult<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: SettingsFailure };

export const succeed = <Value>(value: Value): SettingsResult<Value> => ({ ok: true, value });

export const fail = (
  code: SettingsFailure['code'],
  message: string,
  suggestion: string,
): { readonly ok: false; readonly error: SettingsFailure } => ({
  ok: false,
  error: { code, message, suggestion },
});

/** Whether an error comes from the operating system, such as a full disk or missing permission, and is no bug. */
export const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'syscall' in error;

/** The failure for a file that could not be written. @throws the error itself if it is not a system error */
export const notWritable = (path: string, error: unknown) => {
  if (!isSystemError(error)) throw error;
  return fail(
    'not_writable',
    `${path} could not be written (${error.message}).`,
    'Free some space or make the folder writable, then try again.',
  );
};
