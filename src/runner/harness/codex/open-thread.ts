import type { HostThread } from '../harness.ts';
import { HarnessError } from '../harness-error.ts';
import type { AppServer } from './app-server.ts';
import { CodexThread } from './codex-thread.ts';
import { failureFor } from './failures.ts';
import { RpcClosed, RpcError } from './json-rpc.ts';
import type { ThreadResumeParams, ThreadStartParams } from './protocol.generated.ts';
import { readCodexThreadId, writeCodexThreadId } from './thread-file.ts';
import { threadOptions } from './thread-options.ts';
import { startedThread } from './wire.ts';

/** Resumes or starts a thread of Codex. Throws `HarnessError` if that is not possible. */
export async function openCodexThread(server: AppServer, thread: HostThread): Promise<CodexThread> {
  try {
    const storedId = await readCodexThreadId(thread.storeFolder);
    const isResumed = storedId !== null && (await resume(server, thread, storedId));
    const codexThreadId = isResumed ? storedId : await start(server, thread);
    const isWithoutHistory = !isResumed && !thread.isNew;
    return new CodexThread({
      server,
      codexThreadId,
      thread,
      isResumed,
      notices: [
        ...(isWithoutHistory ? [NO_HISTORY] : []),
        ...(thread.subagents?.length ? [NO_SUBAGENTS] : []),
      ],
    });
  } catch (error) {
    if (error instanceof RpcClosed)
      throw new HarnessError(failureFor('harness_crashed', `Codex ${error.message}`));
    if (error instanceof RpcError)
      throw new HarnessError(
        failureFor('invalid_request', `Codex rejected the request: ${error.message}`),
      );
    throw error;
  }
}

const NO_HISTORY = 'Codex has no record of this conversation, so the agent does not remember it.';
const NO_SUBAGENTS = "Codex does not support the workflow's subagents; they are ignored.";

/** Codex chooses the id, which is on disk before the thread gets its first turn. */
async function start(server: AppServer, thread: HostThread): Promise<string> {
  const params: ThreadStartParams = threadOptions(thread);
  const started = await server.request('thread/start', params, startedThread);
  await writeCodexThreadId(thread.storeFolder, started.thread.id);
  return started.thread.id;
}

/** False if Codex does not know the thread anymore. */
async function resume(server: AppServer, thread: HostThread, storedId: string): Promise<boolean> {
  const params: ThreadResumeParams = {
    threadId: storedId,
    excludeTurns: true,
    ...threadOptions(thread),
  };
  try {
    await server.request('thread/resume', params, startedThread);
    return true;
  } catch (error) {
    const isUnknown =
      error instanceof RpcError &&
      /no rollout|not found|no such|unknown thread/i.test(error.message);
    if (isUnknown) return false;
    throw error;
  }
}
