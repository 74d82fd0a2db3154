import { ApiError } from '../contract/errors.ts';

/**
 * An error that the command detects itself. It has the form of the daemon's errors, so that both are shown in the same way.
 */
export const commandError = (code: string, message: string, suggestion?: string): ApiError =>
  new ApiError(0, suggestion === undefined ? { code, message } : { code, message, suggestion });

export const badUsage = (message: string, suggestion?: string): ApiError =>
  commandError('bad_usage', message, suggestion);
