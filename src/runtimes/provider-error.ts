/** `code` is ours and stable (`docs/errors.md`); `message` says what happened, `suggestion` what to do. */
export type ProviderError = {
  readonly code: ProviderErrorCode;
  readonly message: string;
  readonly suggestion?: string;
  /** How long the provider asked us to wait, if it did. */
  readonly retryAfterMs?: number;
  /** A page that helps, e.g. where to connect GitHub. It comes from the provider: show it, never open it by itself. */
  readonly helpUrl?: string;
};

export type ProviderErrorCode =
  | 'unauthorized' // key missing, wrong or revoked: ask for a key
  | 'forbidden' // plan, role or feature does not allow it
  | 'integration_not_connected' // e.g. GitHub is not connected for the key's user
  | 'rate_limited' // wait, then repeat
  | 'usage_limit' // spending or plan limit reached: wait for the person, not a failure
  | 'invalid_request' // the provider refused the request as it stands
  | 'invalid_model'
  | 'repository_unavailable' // missing, not accessible, or branch does not exist
  | 'not_found' // the runtime does not know this thread or turn (any more)
  | 'busy' // the thread has an active turn
  | 'archived'
  | 'not_cancellable' // already ended
  | 'request_ended' // a tool request that was answered otherwise, or that nobody waits for any more
  | 'feature_unavailable'
  | 'harness_missing' // the program that runs the agents has to be fetched first
  | 'harness_too_old'
  | 'disk_full' // nothing can be written down on this machine, so nothing is begun
  | 'unreachable' // network, timeout, 5xx, something that is not the API: nothing is known
  | 'protocol' // answered, but not in a shape that we understand
  | 'host_failed'; // the provider's own process died in the middle of the call

export type Result<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: ProviderError };
