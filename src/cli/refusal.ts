import { ApiError } from '../contract/errors.ts';

/**
 * A failure that the command line finds by itself. It has the shape of those that the daemon answers with, so that
 * `main` shows both in one place.
 */
export const refusal = (code: string, message: string, suggestion?: string): ApiError =>
  new ApiError(0, suggestion === undefined ? { code, message } : { code, message, suggestion });

export const badUsage = (message: string, suggestion?: string): ApiError =>
  refusal('bad_usage', message, suggestion);
