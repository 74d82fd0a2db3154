import type { SessionStatus } from './session-views.ts';

/** Exit codes of the `cerevisor` command. They are stable, because scripts depend on them. */
export const exitCodes = {
  success: 0,
  sessionFailed: 1,
  badUsage: 2,
  notInThisTier: 3,
  cancelled: 4,
  unreachable: 5,
  confirmationNeeded: 6,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const byCode: Readonly<Record<string, ExitCode>> = {
  license_required: exitCodes.notInThisTier,
  confirmation_needed: exitCodes.confirmationNeeded,
  edit_conflict: exitCodes.confirmationNeeded,
  consent_required: exitCodes.confirmationNeeded,
  daemon_unreachable: exitCodes.unreachable,
  daemon_silent: exitCodes.unreachable,
  not_cerevisor: exitCodes.unreachable,
  other_version: exitCodes.unreachable,
  rehearsal_failed: exitCodes.unreachable,
  home_unusable: exitCodes.unreachable,
  not_writable: exitCodes.unreachable,
  not_logged_in: exitCodes.unreachable,
  foreign_host: exitCodes.unreachable,
  stopping: exitCodes.unreachable,
  journal_trouble: exitCodes.unreachable,
  disk_full: exitCodes.unreachable,
  read_only: exitCodes.unreachable,
  damaged: exitCodes.unreachable,
  io_error: exitCodes.unreachable,
  internal_error: exitCodes.unreachable,
  locked: exitCodes.unreachable,
  port_taken: exitCodes.unreachable,
  bind_refused: exitCodes.unreachable,
  later_version: exitCodes.unreachable,
  network_filesystem: exitCodes.unreachable,
  sqlite_too_old: exitCodes.unreachable,
  invalid_port: exitCodes.badUsage,
  unauthorized: exitCodes.unreachable,
  forbidden: exitCodes.unreachable,
  integration_not_connected: exitCodes.unreachable,
  unreachable: exitCodes.unreachable,
  host_failed: exitCodes.unreachable,
  protocol: exitCodes.unreachable,
  rate_limited: exitCodes.unreachable,
  usage_limit: exitCodes.unreachable,
};

/** Exit code for an error: incorrect usage, unless it is about a connection or a permission. */
export function exitCodeOfError(code: string): ExitCode {
  return byCode[code] ?? exitCodes.badUsage;
}

/** Exit code of a command that waited for a session: 0 only if it finished. */
export function exitCodeOfSession(status: SessionStatus): ExitCode {
  switch (status) {
    case 'finished':
      return exitCodes.success;
    case 'failed':
      return exitCodes.sessionFailed;
    case 'cancelled':
    case 'cancelling':
      return exitCodes.cancelled;
    case 'waiting':
      return exitCodes.confirmationNeeded;
    case 'running':
      return exitCodes.success;
    default:
      return status satisfies never;
  }
}
