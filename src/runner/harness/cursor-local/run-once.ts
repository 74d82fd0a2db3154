import { setTimeout as sleep } from 'node:timers/promises';
import type { Run, RunResult } from '@cursor/sdk';
import type { TurnSink } from '../adapter.ts';
import type { RequestFailure } from '../failures.ts';
import { notice } from '../new-items.ts';
import { sdkFailureOf } from './failures.ts';

export type RunEnd =
  | { readonly kind: 'ended'; readonly run: RunResult }
  | { readonly kind: 'failed'; readonly failure: RequestFailure };

/** The SDK ends a cancelled run within milliseconds; after this time it has lost it. */
const CANCEL_MS = 10_000;
/** How long to read remaining messages after the run has ended. */
const DRAIN_MS = 1_000;
const MAX_SUMMARY_LENGTH = 2_000;

/** Sends a prompt once and waits for the end of the run. `signal`: cancels the run. */
export async function runOnce(
  send: () => Promise<Run>,
  sink: TurnSink,
  signal: AbortSignal,
): Promise<RunEnd> {
  try {
    const run = await send();
    const drained = drain(run, sink);
    const result = await settle(run, signal);
    await Promise.race([drained, sleep(DRAIN_MS, undefined, { ref: false })]);
    if (result.status !== 'error') return { kind: 'ended', run: result };
    return { kind: 'failed', failure: sdkFailureOf(result.error ?? 'The run failed.') };
  } catch (error) {
    return { kind: 'failed', failure: sdkFailureOf(error) };
  }
}

async function settle(run: Run, signal: AbortSignal): Promise<RunResult> {
  const settled = run.wait();
  // Handled below; ignored if the SDK has lost the run.
  settled.catch(() => undefined);
  const cancelled = new Promise<RunResult>((resolve) => {
    const cancel = async () => {
      // Fails if the run has just ended, and its result is available then.
      await Promise.race([run.cancel().catch(() => undefined), sleep(CANCEL_MS)]);
      await Promise.race([settled.catch(() => undefined), sleep(CANCEL_MS)]);
      resolve({ id: run.id, status: 'cancelled' });
    };
    if (signal.aborted) void cancel();
    else signal.addEventListener('abort', () => void cancel(), { once: true });
  });
  return Promise.race([settled, cancelled]);
}

/**
 * Reads the run's messages, which would otherwise accumulate in memory. They repeat the updates, except for one: that
 * the conversation was summarized.
 */
async function drain(run: Run, sink: TurnSink): Promise<void> {
  try {
    for await (const message of run.stream()) {
      if (message.type !== 'task' || !message.text) continue;
      const summary = message.text.slice(0, MAX_SUMMARY_LENGTH);
      await sink.add([notice('info', `Cursor summarized the previous conversation: ${summary}`)]);
    }
  } catch {
    // The run's result contains the failure.
  }
}
