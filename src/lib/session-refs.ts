import { type Git, resolveCommit } from './git-client.ts';

/** Name of a git ref of a session. Characters that a ref may not contain are replaced. */
export const sessionRef = (sessionId: string, name: string): string =>
  `refs/cerevisor/${sessionId.replace(/[^A-Za-z0-9_-]/g, '-')}/${name}`;

/** The commits from which the agents of a session started, read from its refs. */
export type SessionStart = {
  /** The commit that all of them build on, and that changes are relative to. */
  readonly base: string;
  /** The HEAD of the user's repository; null before its first commit. */
  readonly headCommit: string | null;
  /** The base commit if it contains uncommitted changes of the user, which are never pushed; otherwise null. */
  readonly snapshotCommit: string | null;
};

/** Null if the session has not started in this repository, or its refs were deleted. */
export async function readSessionStart(git: Git, sessionId: string): Promise<SessionStart | null> {
  const base = await resolveCommit(git, sessionRef(sessionId, 'base'));
  if (base === null) return null;
  const headCommit = await resolveCommit(git, sessionRef(sessionId, 'head'));
  const body = base === headCommit ? '' : await git.run(['log', '-1', '--format=%b', base]);
  // The message of an empty base commit has no body.
  return { base, headCommit, snapshotCommit: body.trim() === '' ? null : base };
}

/** The subject of a snapshot commit, which identifies it when its refs have been deleted. */
export const SNAPSHOT_SUBJECT = 'Uncommitted changes';

/** Trailer of a commit with changes that the user made in the folder while agents worked in it. It is never pushed. */
export const NOT_BY_AGENTS = 'Not-By-Agents: true';
