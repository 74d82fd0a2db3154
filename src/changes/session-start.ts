import { type Result, toResult } from '../lib/expected-failure.ts';
import { type GitContext, type GitLocation, gitIn } from '../lib/git-client.ts';
import { readSessionStart, type SessionStart } from '../lib/session-refs.ts';

/**
 * Where the local agents of a session started in a repository: what their changes are relative to. Null when none of them
 * did, or when the session is so old that this was forgotten.
 */
export const sessionStart = (
  request: { readonly repository: GitLocation; readonly sessionId: string },
  context: GitContext = {},
): Promise<Result<SessionStart | null>> =>
  toResult(() => readSessionStart(gitIn(request.repository, context), request.sessionId));
