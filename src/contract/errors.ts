import { fieldsOf } from '../lib/fields.ts';
import type { ErrorView, Problem } from './error-views.ts';

/**
 * Every error code that the API can return, and its HTTP status. Codes are stable; messages are not.
 * A code that is not listed (for example, of a newer engine) is returned with 422: rejected, and the message says why.
 */
export const statusByCode = {
  // The request itself
  bad_request: 400,
  not_logged_in: 401,
  wrong_login_code: 401,
  foreign_host: 421,
  foreign_origin: 403,
  csrf_required: 403,
  not_found: 404,
  session_not_found: 404,
  session_unknown: 404,
  agent_not_found: 404,
  artifact_not_found: 404,
  ambiguous_session: 409,
  ambiguous_agent: 409,
  unknown_position: 409,
  too_large: 413,
  not_json: 415,
  too_many_attempts: 429,
  // The workflow and its file
  preflight_failed: 422,
  confirmation_needed: 409,
  license_required: 402,
  invalid_license: 422,
  invalid_preference: 422,
  invalid_key: 422,
  consent_required: 409,
  keychain_unavailable: 409,
  provider_not_found: 404,
  provider_invalid: 422,
  provider_exists: 409,
  provider_in_use: 409,
  provider_is_default: 409,
  provider_builtin: 409,
  harness_missing: 409,
  harness_too_old: 409,
  harness_unavailable: 422,
  harness_fetch_failed: 502,
  npm_missing: 422,
  fetch_cancelled: 409,
  changed_on_disk: 409,
  file_missing: 404,
  file_exists: 409,
  file_unreadable: 422,
  file_unwritable: 422,
  file_too_large: 413,
  file_not_text: 422,
  file_invalid: 422,
  not_a_file: 422,
  not_a_workflow_file: 422,
  // The session is not in a state for it
  cancel_unconfirmed: 409,
  not_settled: 409,
  already_settled: 409,
  not_retryable: 409,
  no_conversation: 409,
  not_resumable: 409,
  not_cancellable: 409,
  request_ended: 409,
  busy: 409,
  archived: 409,
  // What agents changed, and bringing it home
  no_changes: 404,
  repository_unclear: 409,
  agents_disagree: 409,
  branch_unavailable: 422,
  git_missing: 422,
  git_failed: 422,
  git_too_old: 422,
  folder_missing: 422,
  folder_not_listed: 403,
  folder_unnamed: 422,
  folder_without_git: 422,
  apply_conflicts: 409,
  apply_failed: 422,
  plan_outdated: 409,
  nothing_to_undo: 404,
  undo_conflict: 409,
  push_conflict: 409,
  // Cursor said no, or nothing
  unauthorized: 502,
  forbidden: 502,
  integration_not_connected: 502,
  invalid_request: 502,
  invalid_model: 422,
  repository_unavailable: 422,
  feature_unavailable: 502,
  protocol: 502,
  rate_limited: 429,
  usage_limit: 429,
  unreachable: 503,
  host_failed: 503,
  // The daemon itself
  stopping: 503,
  rehearsal_failed: 503,
  journal_trouble: 503,
  disk_full: 507,
  read_only: 507,
  damaged: 507,
  io_error: 507,
  home_unusable: 507,
  not_writable: 507,
  internal_error: 500,
} as const satisfies Record<string, number>;

const statusOf: Readonly<Record<string, number>> = statusByCode;

/** HTTP status of an error code; 422 for a code that this version does not list. */
export function httpStatus(code: string): number {
  return statusOf[code] ?? 422;
}

/**
 * A response that was not a success. It is thrown, because its callers (queries of the app, commands of the CLI)
 * each have one place where every failure is shown.
 * `status` is 0 if there was no response at all (`code` is then `daemon_unreachable`).
 */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: string;
  readonly status: number;
  readonly suggestion: string | undefined;
  readonly problems: readonly Problem[];
  readonly candidates: readonly string[];

  constructor(
    status: number,
    error: ErrorView & {
      problems?: readonly Problem[] | undefined;
      candidates?: readonly string[] | undefined;
    },
  ) {
    super(error.message);
    this.code = error.code;
    this.status = status;
    this.suggestion = error.suggestion;
    this.problems = error.problems ?? [];
    this.candidates = error.candidates ?? [];
  }
}

/** The error in a body such as `{"error": {"code", "message"}}`; null for every other JSON. */
export function parseErrorBody(body: unknown, status: number): ApiError | null {
  const { error } = fieldsOf(body);
  const { code, message, suggestion, problems, candidates } = fieldsOf(error);
  if (typeof code !== 'string' || typeof message !== 'string') return null;
  return new ApiError(status, {
    code,
    message,
    ...(typeof suggestion === 'string' ? { suggestion } : {}),
    problems: Array.isArray(problems) ? problems.filter(isProblem) : [],
    candidates: Array.isArray(candidates)
      ? candidates.filter((one) => typeof one === 'string')
      : [],
  });
}

/** The part of a problem that is needed to show it. */
function isProblem(value: unknown): value is Problem {
  const { code, message, severity, path, pointer } = fieldsOf(value);
  const isText = [code, message, severity, pointer].every((part) => typeof part === 'string');
  return isText && Array.isArray(path);
}
