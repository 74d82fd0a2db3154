import type { HostFailure } from './harness.ts';

/** An expected failure of a harness: `failure` is what the person is told. */
export class HarnessError extends Error {
  override readonly name = 'HarnessError';
  readonly failure: HostFailure;

  constructor(failure: HostFailure) {
    super(failure.message);
    this.failure = failure;
  }
}
