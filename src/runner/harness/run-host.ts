import type { OpenThread } from './adapter.ts';
import { endDescendants } from './end-descendants.ts';
import { THREAD_VARIABLE, toHostSchema } from './harness.ts';
import { HarnessError } from './harness-error.ts';
import { complain, HostProcess, sendToRunner } from './host-process.ts';
import { HostedThread } from './hosted-thread.ts';
import { RunnerLink } from './runner-link.ts';

/** Makes this process a host with one thread. `library`: what people call the harness. */
export function runHost(library: string, openThread: OpenThread): void {
  const link = new RunnerLink(sendToRunner);
  const hosted = new HostedThread(link, openThread);
  const host = new HostProcess({
    async receive(raw) {
      const message = toHostSchema.safeParse(raw);
      if (!message.success) return complain(`unreadable message: ${message.error.message}`);
      if (message.data.kind === 'close') return host.end();
      try {
        await hosted.handle(message.data);
      } catch (error) {
        if (!(error instanceof HarnessError)) throw error;
        // The harness cannot be used at all.
        await link.tell({ kind: 'failed', failure: error.failure });
        await host.end();
      }
    },
    complain: (text) => hosted.complain(`Unhandled error in ${library}: ${text}`),
    giveUp: (message) => hosted.giveUp({ code: 'host_failed', message }),
    async close({ isOrphan }) {
      if (isOrphan) hosted.saveUnstored();
      await hosted.close();
      if (isOrphan) await endDescendants(process.env[THREAD_VARIABLE] ?? '');
    },
  });
  host.run((word) => link.tell(word));
}
