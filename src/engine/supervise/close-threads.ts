import type { SessionId } from '../../session/ids.ts';
import type { EngineContext } from '../context.ts';
import { requireSession } from '../require-session.ts';

/** Closes the threads of dismissed sessions, so that runtimes can free their resources. Branches stay. */
export async function closeThreads(
  context: EngineContext,
  sessionIds: readonly SessionId[],
): Promise<void> {
  for (const id of sessionIds) {
    for (const { attempts } of requireSession(context.journal, id).agents) {
      for (const { runtime, threadId, launchedAt } of attempts) {
        if (launchedAt === null) continue;
        const answer = await context.runtime(runtime).closeThread?.(threadId);
        if (answer?.ok === false && answer.error.code !== 'not_found')
          context.log.info({ threadId, error: answer.error }, 'A working folder was kept');
      }
    }
  }
}
