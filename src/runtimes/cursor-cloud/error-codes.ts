import type { ProviderErrorCode } from '../provider-error.ts';

/** Maps Cursor's error codes (Cloud Agents API v1) to ours. */
const BY_WIRE_CODE: Readonly<Record<string, ProviderErrorCode>> = {
  unauthorized: 'unauthorized',
  unauthenticated: 'unauthorized',
  api_key_not_found: 'unauthorized',
  forbidden: 'forbidden',
  plan_required: 'forbidden',
  role_forbidden: 'forbidden',
  service_account_required: 'forbidden',
  team_admin_required: 'forbidden',
  team_membership_required: 'forbidden',
  user_required: 'forbidden',
  key_not_supported: 'forbidden',
  feature_unavailable: 'feature_unavailable',
  not_implemented: 'feature_unavailable',
  integration_not_connected: 'integration_not_connected',
  validation_error: 'invalid_request',
  missing_body: 'invalid_request',
  repository_required: 'invalid_request',
  agent_id_conflict: 'invalid_request',
  invalid_model: 'invalid_model',
  invalid_branch_name: 'repository_unavailable',
  repository_access: 'repository_unavailable',
  pr_resolution_failed: 'repository_unavailable',
  not_found: 'not_found',
  artifact_not_found: 'not_found',
  agent_not_found: 'not_found',
  run_not_found: 'not_found',
  environment_not_found: 'invalid_request',
  agent_busy: 'busy',
  agent_archived: 'archived',
  run_not_cancellable: 'not_cancellable',
  rate_limit_exceeded: 'rate_limited',
  usage_limit_exceeded: 'usage_limit',
  stream_expired: 'not_found',
  stream_unavailable: 'unreachable',
  client_cancelled: 'unreachable',
  upstream_error: 'unreachable',
  internal_error: 'unreachable',
};

const BY_STATUS: Readonly<Record<number, ProviderErrorCode>> = {
  401: 'unauthorized',
  402: 'usage_limit',
  403: 'forbidden',
  404: 'not_found',
  408: 'unreachable',
  410: 'not_found',
  429: 'rate_limited',
  501: 'feature_unavailable',
};

/** Classifies every pair of status and code. Unknown codes are classified by the status. */
export function classify(status: number | undefined, wireCode: string | undefined) {
  const known = wireCode === undefined ? undefined : BY_WIRE_CODE[wireCode];
  if (known !== undefined) return known;
  if (status === undefined) return 'unreachable';
  const byStatus = BY_STATUS[status];
  if (byStatus !== undefined) return byStatus;
  if (status >= 500 || (status >= 300 && status < 400)) return 'unreachable';
  return status >= 400 ? 'invalid_request' : 'protocol';
}

const SUGGESTIONS: Readonly<Record<ProviderErrorCode, string | undefined>> = {
  unauthorized:
    'Set a valid Cursor API key (Settings > Providers, or `cerevisor auth set`). You can create keys at cursor.com/dashboard, Integrations.',
  forbidden:
    "Check that the key's plan, role and team allow Cloud Agents, or use a key from an account that has them.",
  integration_not_connected:
    "Connect the repository host (for example GitHub) for this key's owner at cursor.com/dashboard, Integrations; then run it again.",
  rate_limited: 'Nothing to do: the request is repeated after the time that Cursor asks for.',
  usage_limit:
    'Raise the spending limit or wait for the next period (cursor.com/dashboard, Usage); agents then continue by themselves.',
  invalid_request: "Correct what Cursor rejected in the workflow's settings, then run it again.",
  invalid_model:
    'Choose one of the models that are available to your account, or leave the model empty.',
  repository_unavailable:
    "Check the repository's address and branch, and that Cursor's app has access to it (cursor.com/dashboard, Integrations).",
  not_found:
    'It may have been deleted at Cursor, or it may belong to a different account from this key.',
  busy: 'Wait until the current run of this agent ends, or cancel it.',
  archived: 'Unarchive the agent at cursor.com/agents, or run this agent again as a new attempt.',
  not_cancellable: 'The run has already ended; its final state is being read.',
  request_ended: undefined,
  feature_unavailable: 'This feature is not enabled for the account; Cursor can enable it.',
  harness_missing: 'Fetch it under Settings, Providers, or use your own program.',
  harness_too_old: 'Update it, or let Cerevisor fetch the version that it was tested with.',
  disk_full: 'Free some space; the request is then repeated.',
  unreachable: 'Nothing is lost: it is retried. If this continues, check the network.',
  protocol:
    'Try again; if this persists, update Cerevisor, because Cursor may have changed its API.',
  host_failed: 'Nothing is lost: the helper process is restarted, and the request is repeated.',
};

export const suggestionFor = (code: ProviderErrorCode): string | undefined => SUGGESTIONS[code];
