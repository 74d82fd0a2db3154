import type { FollowEnd, FollowRequest } from '../../follow-types.ts';
import type { ProviderError } from '../../provider-error.ts';
import type { Reads } from '../reads.ts';
import type { ConnectionReporter } from './connection-reporter.ts';
import type { RunStatusTracker } from './run-status-tracker.ts';

/** Reads the state of a run from its record while the stream does not report it. */
export class RecordCheck {
  readonly #request: Pick<FollowRequest, 'threadId' | 'turnId'>;
  readonly #reads: Reads;
  readonly #status: RunStatusTracker;
  readonly #reporter: ConnectionReporter;

  constructor(
    request: Pick<FollowRequest, 'threadId' | 'turnId'>,
    reads: Reads,
    status: RunStatusTracker,
    reporter: ConnectionReporter,
  ) {
    this.#request = request;
    this.#reads = reads;
    this.#status = status;
    this.#reporter = reporter;
  }

  /** Reads the record and reports its state. A failure that only the user can fix ends the following. */
  async read(signal: AbortSignal): Promise<FollowEnd | null> {
    const { threadId, turnId } = this.#request;
    const result = await this.#reads.readTurn(threadId, turnId, signal);
    if (signal.aborted) return null;
    if (result.ok) {
      this.#reporter.heartbeat();
      this.#reporter.answered();
      this.#status.fromRecord(result.value);
      return null;
    }
    const { error } = result.failure;
    const end = needsUser(error) ?? (await this.#missing(error));
    if (end !== null) return end;
    // During a pause the state of the run is not unknown, and the reason is reported separately.
    if (error.code === 'rate_limited') this.#reporter.paused(error.message);
    else this.#reporter.connection('unknown', error.message);
    return null;
  }

  /** A missing run counts as missing only if its agent can be read or is missing too. */
  async #missing(error: ProviderError): Promise<FollowEnd | null> {
    if (error.code !== 'not_found') return null;
    const agent = await this.#reads.readThread(this.#request.threadId);
    const isMissing = agent.ok || agent.failure.error.code === 'not_found';
    return isMissing ? { kind: 'blocked', error } : null;
  }
}

/** Ends the following if the user has to act first; null otherwise. */
export const needsUser = (error: ProviderError): FollowEnd | null =>
  error.code === 'unauthorized' || error.code === 'forbidden' ? { kind: 'blocked', error } : null;
