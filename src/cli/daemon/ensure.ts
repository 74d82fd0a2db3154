import { setTimeout as wait } from 'node:timers/promises';
import {
  checkDaemon,
  type DaemonState,
  describeUnresponsive,
  unresponsiveError,
} from './daemon-state.ts';
import { launchDaemon } from './launch.ts';
import { ProgressTimeout } from './progress-timeout.ts';
import { replaceOutdatedDaemon, type UpdateContext } from './update.ts';

const POLL_INTERVAL_MS = 200;
/** A short wait is not reported. */
const NOTICE_AFTER_MS = 2_000;

type Print = (text: string) => void;
type ResponsiveState = Exclude<DaemonState, { readonly kind: 'unresponsive' }>;

/**
 * Waits until the daemon of this home responds or has ended.
 * @throws ApiError `daemon_silent` if it is running, but neither responds nor makes progress
 */
async function waitForState(home: string, print: Print): Promise<ResponsiveState> {
  const progressTimeout = new ProgressTimeout();
  const since = performance.now();
  const printed = new Set<string>();
  for (;;) {
    const state = await checkDaemon(home);
    if (state.kind !== 'unresponsive') return state;
    if (!progressTimeout.shouldWait(state)) throw unresponsiveError(state);
    const sentence = `Cerevisor ${describeUnresponsive(state)}. Waiting for it...`;
    if (performance.now() - since > NOTICE_AFTER_MS && !printed.has(sentence)) {
      printed.add(sentence);
      print(sentence);
    }
    await wait(POLL_INTERVAL_MS);
  }
}

/**
 * Makes sure that a daemon responds: starts one if none is running, and replaces an outdated one. Returns whether one
 * was running.
 */
export async function ensureDaemon(
  context: UpdateContext,
  port: number | null,
  onLaunch: () => void = () => undefined,
): Promise<{ wasRunning: boolean }> {
  const state = await waitForState(context.home, (text) => context.output.remark(text));
  if (state.kind === 'running') {
    await replaceOutdatedDaemon(context, state.address);
    return { wasRunning: true };
  }
  onLaunch();
  await launchDaemon(context.home, port);
  return { wasRunning: false };
}
