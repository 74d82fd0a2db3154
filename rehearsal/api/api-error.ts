/** Status of each error code. For codes outside the documented groups, see the README. */
const statuses = {
  unauthorized: 401,
  api_key_not_found: 401,
  plan_required: 403,
  role_forbidden: 403,
  feature_unavailable: 403,
  integration_not_connected: 403,
  service_account_required: 403,
  repository_access: 400,
  validation_error: 400,
  missing_body: 400,
  invalid_model: 400,
  invalid_branch_name: 400,
  repository_required: 400,
  pr_resolution_failed: 400,
  invalid_last_event_id: 400,
  not_found: 404,
  artifact_not_found: 404,
  agent_not_found: 404,
  run_not_found: 404,
  agent_busy: 409,
  agent_archived: 409,
  agent_id_conflict: 409,
  run_not_cancellable: 409,
  stream_expired: 410,
  rate_limit_exceeded: 429,
  usage_limit_exceeded: 429,
  client_cancelled: 499,
  internal_error: 500,
  not_implemented: 501,
  upstream_error: 502,
  stream_unavailable: 503,
} as const;

export type ErrorCode = keyof typeof statuses;

export const isErrorCode = (text: string): text is ErrorCode => Object.hasOwn(statuses, text);

export const statusOf = (code: ErrorCode): number => statuses[code];

/** An error response of the API. Handlers throw it; the server converts it to a response. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ErrorCode;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ErrorCode, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.code = code;
    this.status = statuses[code];
    this.headers = headers;
  }

  toResponse(): Response {
    const body = { error: { code: this.code, message: this.message } };
    return Response.json(body, { status: this.status, headers: this.headers });
  }
}
