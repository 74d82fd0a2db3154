import { type Result, toResult } from '../lib/expected-failure.ts';
import { type GitContext, type GitLocation, gitIn } from '../lib/git-client.ts';
import { readSessionStart, type SessionStart } from '../lib/session-refs.ts';

/**
 * Where the local agents of a session started in a repository, which is the base of their changes. Null if none started
 * there, or the session is so old that this is no longer recorded.
 */
export const sessionStart = (
  request: { readonly repository: GitLocation; readonly sessionId: string },
  context: GitContext = {},
): Promise<Result<SessionStart | null>> =>
  toResult(() => readSessionStart(gitIn(request.repository, context), request.sessionId));
