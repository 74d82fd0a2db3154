import { systemErrorCode } from './system-error.ts';

/** A failure that was to be expected. `code` is stable (`docs/errors.md`). */
export type Failure = {
  readonly code: string;
  readonly message: string;
  readonly suggestion?: string;
};

export type Result<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: Failure };

/**
 * Carries an expected failure out of work with many steps, each of which may fail. It never leaves a room: the functions
 * that others call are wrapped in `settle`.
 */
export class ExpectedFailure extends Error {
  readonly failure: Failure;
  constructor(code: string, message: string, suggestion?: string) {
    super(message);
    this.failure = { code, message, ...(suggestion !== undefined && { suggestion }) };
  }
}

/** The answer of an act. @throws what was not to be expected: bugs, and the reason of an abort. */
export async function settle<Value>(act: () => Promise<Value>): Promise<Result<Value>> {
  try {
    return { ok: true, value: await act() };
  } catch (error) {
    if (error instanceof ExpectedFailure) return { ok: false, error: error.failure };
    const failure = failureOfSystem(error);
    if (failure !== null) return { ok: false, error: failure };
    throw error;
  }
}

/** What the file system refuses is no bug of ours; null for everything else. */
export function failureOfSystem(error: unknown): Failure | null {
  const code = systemErrorCode(error);
  if (code === undefined || !(error instanceof Error && 'syscall' in error)) return null;
  const isFull = code === 'ENOSPC' || code === 'EDQUOT';
  return {
    code: isFull ? 'disk_full' : 'io_error',
    message: `The disk reported an error: ${error.message}`,
    suggestion: isFull
      ? 'Free some space, then try again.'
      : 'Fix what the message names, then try again.',
  };
}
