/** A failure that was to be expected. `code` is stable (`docs/errors.md`). */
export type Failure = {
  readonly code: string;
  readonly message: string;
  readonly suggestion?: string;
};

export type Answer<Value> =
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

/** The answer of an act. @throws what is no expected failure: bugs, and the reason of an abort. */
export async function settle<Value>(act: () => Promise<Value>): Promise<Answer<Value>> {
  try {
    return { ok: true, value: await act() };
  } catch (error) {
    if (error instanceof ExpectedFailure) return { ok: false, error: error.failure };
    throw error;
  }
}
