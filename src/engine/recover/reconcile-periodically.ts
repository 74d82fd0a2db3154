import type { EngineContext } from '../context.ts';
import { flagSilent } from './flag-silent.ts';
import { cancelLateArrivals } from './reconcile-orphans.ts';

const RECONCILE_EVERY_MS = 10 * 60 * 1000;

/** Periodically cancels agents whose launch arrived late, and reconciles runs that were silent for a day. */
export async function reconcilePeriodically(
  context: EngineContext,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await cancelLateArrivals(context);
      await flagSilent(context);
    } catch (error) {
      context.log.error({ err: error }, 'Could not compare the journal with Cursor');
    }
    await context.clock.sleep(RECONCILE_EVERY_MS, signal);
  }
}
