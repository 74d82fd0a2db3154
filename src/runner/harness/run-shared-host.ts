import type { OpenThread } from './adapter.ts';
import { endDescendants } from './end-descendants.ts';
import { type FromHost, THREAD_VARIABLE, toSharedHostSchema } from './harness.ts';
import { HarnessError } from './harness-error.ts';
import { complain, HostProcess, sendToRunner } from './host-process.ts';
import { HostedThread } from './hosted-thread.ts';
import { RunnerLink } from './runner-link.ts';

/** One harness that serves the threads of this process. */
export type SharedHarness = {
  readonly openThread: OpenThread;
  /** Ends the harness, after all threads were closed. */
  close(): Promise<void>;
};

type Held = { readonly link: RunnerLink; readonly hosted: HostedThread };

/**
 * Makes this process a host with any number of threads, which share one harness. `start` gets a function to call once
 * the harness has ended by itself: its threads have told the end of their turns by then, and another process takes
 * them up.
 */
export function runSharedHost(library: string, start: (onGone: () => void) => SharedHarness): void {
  const threads = new Map<string, Held>();
  const harness = start(() => void host.end());
  const begin = (threadId: string): Held => {
    const link = new RunnerLink((message) => sendToRunner({ threadId, message }));
    const fresh = { link, hosted: new HostedThread(link, harness.openThread) };
    threads.set(threadId, fresh);
    return fresh;
  };
  const host = new HostProcess({
    async receive(raw) {
      const message = toSharedHostSchema.safeParse(raw);
      if (!message.success) return complain(`unreadable message: ${message.error.message}`);
      if ('kind' in message.data) return host.end();
      const { threadId, message: word } = message.data;
      if (word.kind === 'close') return leave(threads, threadId);
      const held = word.kind === 'open' ? begin(threadId) : threads.get(threadId);
      // Of a thread that has left meanwhile.
      if (held === undefined) return;
      const failing = (error: unknown) => tellFailure(threads, threadId, error);
      await held.hosted.handle(word).catch(failing);
    },
    complain: (text) => {
      for (const { hosted } of threads.values())
        hosted.complain(`Unhandled error in ${library}: ${text}`);
    },
    async giveUp(message) {
      const failure = { code: 'host_failed', message };
      await Promise.all([...threads.values()].map(({ hosted }) => hosted.giveUp(failure)));
    },
    async close({ isOrphan }) {
      const all = [...threads.values()].map(({ hosted }) => hosted);
      if (isOrphan) for (const hosted of all) hosted.saveUnstored();
      await Promise.all(all.map((hosted) => hosted.close()));
      await harness.close();
      if (!isOrphan) return;
      for (const mark of [...threads.keys(), process.env[THREAD_VARIABLE] ?? ''])
        await endDescendants(mark);
    },
  });
  host.run((word) => sendToRunner(word));
}

/** The others continue. */
async function leave(threads: Map<string, Held>, threadId: string): Promise<void> {
  const left = threads.get(threadId);
  threads.delete(threadId);
  await left?.hosted.close();
  const message: FromHost = { kind: 'closed' };
  await (left?.link.tell(message) ?? sendToRunner({ threadId, message }));
}

/** A thread that cannot be opened is of no use anymore; its process is. */
async function tellFailure(
  threads: Map<string, Held>,
  threadId: string,
  error: unknown,
): Promise<void> {
  if (!(error instanceof HarnessError)) throw error;
  const left = threads.get(threadId);
  threads.delete(threadId);
  await left?.link.tell({ kind: 'failed', failure: error.failure });
}
