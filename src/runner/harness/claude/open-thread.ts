import { mkdir } from 'node:fs/promises';
import type { OpenThread } from '../adapter.ts';
import { enterFolder } from '../enter-folder.ts';
import { HarnessError } from '../harness-error.ts';
import { ClaudeThread } from './claude-thread.ts';
import { pathsOf } from './environment.ts';
import { failureFor } from './failures.ts';
import { loadSdk } from './sdk.ts';
import { findSession, hasMessages } from './session-file.ts';
import { sessionIdOf } from './session-id.ts';

/** Resumes or starts a session of Claude Code, under the id that the daemon created. */
export const openClaudeThread: OpenThread = async (thread) => {
  enterFolder(thread.cwd);
  const { config, temporary, project } = pathsOf(thread);
  for (const folder of [thread.storeFolder, config, temporary, project]) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  }
  const { library, path } = thread.connection?.program ?? {};
  if (library === undefined || path === undefined) {
    const message = 'Claude Code is not on this machine yet.';
    throw new HarnessError(failureFor('harness_missing', message));
  }
  const sdk = await loadSdk(library);
  const hasTurns = () => isInStore(config, sessionIdOf(thread.threadId));
  const isKnown = await hasTurns();
  return new ClaudeThread({
    sdk,
    thread,
    hasTurns,
    notices: isKnown || thread.isNew ? [] : [NO_HISTORY],
  });
};

const NO_HISTORY =
  'Claude Code has no record of this conversation, so the agent does not remember it.';

/**
 * The store decides, not the runner's records: a crash may have come before the session was created, or before that was
 * recorded.
 */
async function isInStore(config: string, sessionId: string): Promise<boolean> {
  const file = await findSession(config, sessionId);
  return file !== null && hasMessages(file);
}
