import type { OpenThread } from './adapter.ts';
import { endDescendants } from './end-descendants.ts';
import { type FromHost, THREAD_VARIABLE, toSharedHostSchema } from './harness.ts';
import { HarnessError } from './harness-error.ts';
import { HostProcess, logError, sendToRunner } from './host-process.ts';
import { HostedThread } from './hosted-thread.ts';
import { RunnerLink } from './runner-link.ts';

/** A harness that serves all threads of this process. */
export type SharedHarness = {
  readonly openThread: OpenThread;
  /** Ends the harness. All threads must be closed already. */
  close(): Promise<void>;
};

type HostedEntry = { readonly link: RunnerLink; readonly hosted: HostedThread };

/**
 * Runs this process as a host with any number of threads, which share one harness. `start` gets a function to call when
 * the harness has exited by itself: its threads must have reported the end of their turns by then, and another process
 * resumes them.
 */
export function runSharedHost(library: string, start: (onExit: () => void) => SharedHarness): void {
  const threads = new Map<string, HostedEntry>();
  const harness = start(() => void host.end());
  const addThread = (threadId: string): HostedEntry => {
    const link = new RunnerLink((message) => sendToRunner({ threadId, message }));
    const entry = { link, hosted: new HostedThread(link, harness.openThread) };
    threads.set(threadId, entry);
    return entry;
  };
  const host = new HostProcess({
    async receive(raw) {
      const message = toSharedHostSchema.safeParse(raw);
      if (!message.success) return logError(`unreadable message: ${message.error.message}`);
      if ('kind' in message.data) return host.end();
      const { threadId, message: request } = message.data;
      if (request.kind === 'close') return closeThread(threads, threadId);
      const entry = request.kind === 'open' ? addThread(threadId) : threads.get(threadId);
      // The thread was closed in the meantime.
      if (entry === undefined) return;
      const onError = (error: unknown) => reportFailure(threads, threadId, error);
      await entry.hosted.handle(request).catch(onError);
    },
    logError: (text) => {
      for (const { hosted } of threads.values())
        hosted.reportError(`Unhandled error in ${library}: ${text}`);
    },
    async fail(message) {
      const failure = { code: 'host_failed', message };
      await Promise.all([...threads.values()].map(({ hosted }) => hosted.fail(failure)));
    },
    async close({ isOrphaned }) {
      const all = [...threads.values()].map(({ hosted }) => hosted);
      if (isOrphaned) for (const hosted of all) hosted.saveUnstored();
      await Promise.all(all.map((hosted) => hosted.close()));
      await harness.close();
      if (!isOrphaned) return;
      for (const mark of [...threads.keys(), process.env[THREAD_VARIABLE] ?? ''])
        await endDescendants(mark);
    },
  });
  host.run(sendToRunner);
}

/** Closes one thread; the others continue. */
async function closeThread(threads: Map<string, HostedEntry>, threadId: string): Promise<void> {
  const entry = threads.get(threadId);
  threads.delete(threadId);
  await entry?.hosted.close();
  const message: FromHost = { kind: 'closed' };
  await (entry?.link.send(message) ?? sendToRunner({ threadId, message }));
}

/** A thread that cannot be opened is removed; the process continues. */
async function reportFailure(
  threads: Map<string, HostedEntry>,
  threadId: string,
  error: unknown,
): Promise<void> {
  if (!(error instanceof HarnessError)) throw error;
  const entry = threads.get(threadId);
  threads.delete(threadId);
  await entry?.link.send({ kind: 'failed', failure: error.failure });
}
