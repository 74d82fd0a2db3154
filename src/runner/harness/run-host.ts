import type { OpenThread } from './adapter.ts';
import { endDescendants } from './end-descendants.ts';
import { THREAD_VARIABLE, toHostSchema } from './harness.ts';
import { HarnessError } from './harness-error.ts';
import { HostProcess, logError, sendToRunner } from './host-process.ts';
import { HostedThread } from './hosted-thread.ts';
import { RunnerLink } from './runner-link.ts';

/** Runs this process as a host with one thread. `library`: the display name of the harness. */
export function runHost(library: string, openThread: OpenThread): void {
  const runnerLink = new RunnerLink(sendToRunner);
  const hosted = new HostedThread(runnerLink, openThread);
  const host = new HostProcess({
    async receive(raw) {
      const message = toHostSchema.safeParse(raw);
      if (!message.success) return logError(`unreadable message: ${message.error.message}`);
      if (message.data.kind === 'close') return host.end();
      try {
        await hosted.handle(message.data);
      } catch (error) {
        if (!(error instanceof HarnessError)) throw error;
        // The harness cannot be used at all.
        await runnerLink.send({ kind: 'failed', failure: error.failure });
        await host.end();
      }
    },
    logError: (text) => hosted.reportError(`Unhandled error in ${library}: ${text}`),
    fail: (message) => hosted.fail({ code: 'host_failed', message }),
    async close({ isOrphaned }) {
      if (isOrphaned) hosted.saveUnstored();
      await hosted.close();
      if (isOrphaned) await endDescendants(process.env[THREAD_VARIABLE] ?? '');
    },
  });
  host.run((message) => runnerLink.send(message));
}
