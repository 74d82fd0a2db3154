import { commitOf, type Git } from './git-place.ts';

/** Refs of a session. Its id is ours, and still nothing of it reaches git unchecked. */
export const sessionRef = (sessionId: string, name: string): string =>
  `refs/cerevisor/${sessionId.replace(/[^A-Za-z0-9_-]/g, '-')}/${name}`;

/** Where the agents of a session started, as its refs say. */
export type SessionStart = {
  /** What all of them build on, and changes are relative to. */
  readonly base: string;
  /** Where the person's repository was; null before its first commit. */
  readonly headCommit: string | null;
  /** The base, if it holds uncommitted changes of the person, which are never pushed. */
  readonly snapshotCommit: string | null;
};

/** Null if the session has not begun in this repository, or was forgotten. */
export async function readSessionStart(git: Git, sessionId: string): Promise<SessionStart | null> {
  const base = await commitOf(git, sessionRef(sessionId, 'base'));
  if (base === null) return null;
  const headCommit = await commitOf(git, sessionRef(sessionId, 'head'));
  const body = base === headCommit ? '' : await git.run(['log', '-1', '--format=%b', base]);
  // An empty start of ours says nothing.
  return { base, headCommit, snapshotCommit: body.trim() === '' ? null : base };
}

/** The first line of a snapshot, by which it is known where its refs were forgotten. */
export const SNAPSHOT_SUBJECT = 'Uncommitted changes';

/**
 * Stands in a commit that holds what the person changed in the folder while the agents of a session worked in it, and that
 * is not pushed.
 */
export const NOT_BY_AGENTS = 'Not-By-Agents: true';
