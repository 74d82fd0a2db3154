import { expect } from 'vitest';
import type { DaemonProcess } from './processes.ts';

export async function isEnded(daemon: DaemonProcess, id: string): Promise<boolean> {
  const { status } = await daemon.client.session(id);
  return ['finished', 'failed', 'cancelled'].includes(status);
}

/** Waits until a session has ended and its artifacts are fetched or offered. */
export async function ended(daemon: DaemonProcess, id: string): Promise<void> {
  await expect.poll(() => isComplete(daemon, id), { timeout: 120_000, interval: 100 }).toBe(true);
}

export async function isComplete(daemon: DaemonProcess, id: string): Promise<boolean> {
  const { agents } = await daemon.client.session(id);
  const isFetching = agents.some(
    ({ attempt, artifactsState }) => attempt > 0 && artifactsState === 'pending',
  );
  return !isFetching && (await isEnded(daemon, id));
}
