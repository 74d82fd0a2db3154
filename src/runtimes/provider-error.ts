/** An expected failure. `code` is stable (`docs/errors.md`), `message` says what happened, `suggestion` what to do. */
export type ProviderError = {
  readonly code: ProviderErrorCode;
  readonly message: string;
  readonly suggestion?: string;
  /** How long the provider asked us to wait, if it did. */
  readonly retryAfterMs?: number;
  /** A help page of the provider, e.g. where to connect GitHub. Show it, but never open it automatically. */
  readonly helpUrl?: string;
};

export type ProviderErrorCode =
  | 'unauthorized' // key missing, wrong or revoked: ask for a key
  | 'forbidden' // plan, role or feature does not allow it
  | 'integration_not_connected' // e.g. GitHub is not connected for the key's user
  | 'rate_limited' // wait, then repeat
  | 'usage_limit' // spending or plan limit reached: wait for the user, not a failure
  | 'invalid_request' // the provider rejected the request
  | 'invalid_model'
  | 'repository_unavailable' // missing, not accessible, or branch does not exist
  | 'not_found' // the runtime does not know this thread or turn (any more)
  | 'busy' // the thread has an active turn
  | 'archived'
  | 'not_cancellable' // already ended
  | 'request_ended' // a tool request that has another answer, or no longer needs one
  | 'feature_unavailable'
  | 'harness_missing' // the program that runs the agents has to be fetched first
  | 'harness_too_old'
  | 'disk_full' // nothing can be stored on this machine, so nothing is started
  | 'unreachable' // network, timeout, 5xx, or a response that is not the API's: the outcome is unknown
  | 'protocol' // a response in an unknown format
  | 'host_failed'; // the helper process died during the call

export type Result<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: ProviderError };
