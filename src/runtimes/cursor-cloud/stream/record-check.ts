import type { ProviderError } from '../../provider-error.ts';
import type { FollowEnd, FollowRequest } from '../../turn-reading.ts';
import type { Reads } from '../reads.ts';
import type { Announcer } from './announcer.ts';
import type { RunStatusTracker } from './run-status-tracker.ts';

/** Asks the cheap way how a run stands: by its record, for as long as its stream does not tell. */
export class RecordCheck {
  readonly #request: Pick<FollowRequest, 'threadId' | 'turnId'>;
  readonly #reads: Reads;
  readonly #status: RunStatusTracker;
  readonly #announcer: Announcer;

  constructor(
    request: Pick<FollowRequest, 'threadId' | 'turnId'>,
    reads: Reads,
    status: RunStatusTracker,
    announcer: Announcer,
  ) {
    this.#request = request;
    this.#reads = reads;
    this.#status = status;
    this.#announcer = announcer;
  }

  /** Reads the record, and passes on what it says. A failure that only a person can fix ends the following. */
  async read(signal: AbortSignal): Promise<FollowEnd | null> {
    const { threadId, turnId } = this.#request;
    const answer = await this.#reads.readTurn(threadId, turnId, signal);
    if (signal.aborted) return null;
    if (answer.ok) {
      this.#announcer.sign();
      this.#announcer.answered();
      this.#status.fromRecord(answer.value);
      return null;
    }
    const { error } = answer.failure;
    const end = needsPerson(error) ?? (await this.#missing(error));
    if (end !== null) return end;
    // A pause is no lack of knowledge about the run, and has a reason of its own.
    if (error.code === 'rate_limited') this.#announcer.paused(error.message);
    else this.#announcer.connection('unknown', error.message);
    return null;
  }

  /** A run that is not there counts only once its agent was asked for too. */
  async #missing(error: ProviderError): Promise<FollowEnd | null> {
    if (error.code !== 'not_found') return null;
    const agent = await this.#reads.readThread(this.#request.threadId);
    const isGone = agent.ok || agent.failure.error.code === 'not_found';
    return isGone ? { kind: 'blocked', error } : null;
  }
}

/** The end of a following that cannot continue before a person has done something. */
export const needsPerson = (error: ProviderError): FollowEnd | null =>
  error.code === 'unauthorized' || error.code === 'forbidden' ? { kind: 'blocked', error } : null;
