import type { HostFailure } from './harness.ts';

/** An expected failure of a harness, to be shown to the user. */
export class HarnessError extends Error {
  override readonly name = 'HarnessError';
  readonly failure: HostFailure;

  constructor(failure: HostFailure) {
    super(failure.message);
    this.failure = failure;
  }
}
