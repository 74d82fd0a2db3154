import { fieldsOf } from './fields.ts';
import { isDiskFullError, systemErrorCode, systemErrorReason } from './system-error.ts';

/** A failure that is not a bug. `code` is stable (`docs/errors.md`). */
export type Failure = {
  readonly code: string;
  readonly message: string;
  readonly suggestion?: string;
};

export type Result<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: Failure };

/**
 * Carries an expected failure out of work with many steps. It never leaves a room: functions that other rooms call are
 * wrapped in `toResult`.
 */
export class ExpectedFailure extends Error {
  readonly failure: Failure;
  constructor(code: string, message: string, suggestion?: string) {
    super(message);
    this.failure = { code, message, ...(suggestion !== undefined && { suggestion }) };
  }
}

/** Runs `action` and turns expected failures into values. @throws everything else: bugs, and the reason of an abort. */
export async function toResult<Value>(action: () => Promise<Value>): Promise<Result<Value>> {
  try {
    return { ok: true, value: await action() };
  } catch (error) {
    if (error instanceof ExpectedFailure) return { ok: false, error: error.failure };
    const failure = fileSystemFailure(error);
    if (failure !== null) return { ok: false, error: failure };
    throw error;
  }
}

/** The failure for an error of the file system, which is not a bug; null for any other error. */
export function fileSystemFailure(error: unknown): Failure | null {
  const code = systemErrorCode(error);
  if (code === undefined || !(error instanceof Error && 'syscall' in error)) return null;
  const isFull = isDiskFullError(error);
  const path = pathOf(error);
  const reason = systemErrorReason(error);
  return {
    code: isFull ? 'disk_full' : 'io_error',
    message:
      path === undefined || reason === error.message
        ? `The disk reported an error: ${error.message}`
        : `${path} cannot be ${isFull ? 'written' : 'read or written'}: ${reason}.`,
    suggestion: isFull
      ? 'Free some space, then try again.'
      : 'Fix what the message names, then try again.',
  };
}

/** The file that an operation was about. Of a copy, it is the copy. */
function pathOf(error: Error): string | undefined {
  const { dest, path } = fieldsOf(error);
  const named = dest ?? path;
  return typeof named === 'string' ? named : undefined;
}
