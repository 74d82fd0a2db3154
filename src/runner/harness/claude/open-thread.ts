import { mkdir } from 'node:fs/promises';
import type { OpenThread } from '../adapter.ts';
import { enterFolder } from '../enter-folder.ts';
import { HarnessError } from '../harness-error.ts';
import { ClaudeThread } from './claude-thread.ts';
import { placesOf } from './environment.ts';
import { ownFailure } from './failures.ts';
import { loadSdk } from './sdk.ts';
import { findSession, isBegun } from './session-file.ts';
import { sessionIdOf } from './session-id.ts';

/** Takes up a session of Claude Code, or begins it, under the id that we minted. */
export const openClaudeThread: OpenThread = async (thread) => {
  enterFolder(thread.cwd);
  const { config, temporary, project } = placesOf(thread);
  for (const folder of [thread.storeFolder, config, temporary, project]) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  }
  const { library, path } = thread.connection?.program ?? {};
  if (library === undefined || path === undefined) {
    const message = 'Claude Code is not on this machine yet.';
    throw new HarnessError(ownFailure('harness_missing', message));
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
 * What the store holds decides, not what the runner remembers: a crash may have come between the beginning of the session
 * and its record, or before it.
 */
async function isInStore(config: string, sessionId: string): Promise<boolean> {
  const file = await findSession(config, sessionId);
  return file !== null && isBegun(file);
}
