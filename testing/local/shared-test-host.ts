import { setTimeout as sleep } from 'node:timers/promises';
import type { HarnessThread } from '../../src/runner/harness/adapter.ts';
import type { HostThread } from '../../src/runner/harness/harness.ts';
import { HarnessError } from '../../src/runner/harness/harness-error.ts';
import { textItem } from '../../src/runner/harness/new-items.ts';
import { runSharedHost } from '../../src/runner/harness/run-shared-host.ts';

/** The prompt of this harness: one step as JSON. */
export type SharedStep =
  /** Writes the id of the process. */
  | { readonly do: 'tell' }
  | { readonly do: 'wait' }
  | { readonly do: 'crash' }
  | { readonly do: 'end-harness' };

/** A harness that serves any number of threads and performs the steps in their prompts. */
runSharedHost('the test', (onGone) => ({
  async openThread(thread: HostThread): Promise<HarnessThread> {
    if (thread.model === 'none')
      throw new HarnessError({ code: 'invalid_model', message: 'There is no such model.' });
    return {
      async runTurn({ prompt }, sink, signal) {
        const step = JSON.parse(prompt) as SharedStep;
        await sink.add([textItem('text', `process ${process.pid}`)]);
        if (step.do === 'crash') setImmediate(() => process.kill(process.pid, 'SIGKILL'));
        if (step.do === 'end-harness') setImmediate(onGone);
        if (step.do === 'tell') return { status: 'FINISHED', result: String(process.pid) };
        await sleep(600_000, null, { signal }).catch(() => undefined);
        return { status: 'CANCELLED' };
      },
      close: async () => undefined,
    };
  },
  close: async () => undefined,
}));
