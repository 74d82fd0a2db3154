export type ArtifactErrorCode =
  | 'link_unavailable' // the provider did not return a link
  | 'link_expired' // the storage no longer accepts the link: request a new one
  | 'link_refused' // the link leads to an address that is not allowed
  | 'artifact_missing'
  | 'too_large'
  | 'too_many'
  | 'session_too_large'
  | 'size_mismatch'
  | 'too_slow'
  | 'network_failed'
  | 'storage_failed'
  | 'disk_full'
  | 'disk_failed'
  | 'cancelled';

/** Why an artifact could not be stored, and what to do about it. Links are secrets and never part of a message. */
export type ArtifactError = {
  readonly code: ArtifactErrorCode;
  readonly message: string;
  readonly suggestion: string;
};

export type ArtifactResult<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: ArtifactError };

export function artifactFailure(
  code: ArtifactErrorCode,
  message: string,
  suggestion = 'Refetch the artifacts.',
): { readonly ok: false; readonly error: ArtifactError } {
  return { ok: false, error: { code, message, suggestion } };
}
