import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from '../../contract/client.ts';
import { ApiError } from '../../contract/errors.ts';
import { listOf } from '../../lib/format.ts';
import { isRunning } from '../../lib/process.ts';
import { buildName, installedBuild, PRODUCT_FOLDER } from '../../lib/product.ts';
import { commandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { compareWithDaemon } from '../shell-environment.ts';
import { createDaemonClient } from './client.ts';
import { compareBuilds } from './compare-builds.ts';
import { launchDaemon } from './launch.ts';
import type { DaemonAddress } from './locate.ts';

export type UpdateContext = Pick<Context, 'environment' | 'home' | 'output'>;

const STOP_TIMEOUT_MS = 30_000;
const POLL_INTERVAL_MS = 50;

/**
 * Detects a daemon whose version differs from this command's. An older daemon is replaced if nothing is lost; otherwise the
 * command reports it, and the daemon keeps running.
 */
export async function replaceOutdatedDaemon(
  context: UpdateContext,
  address: DaemonAddress,
): Promise<void> {
  const own = { ...installedBuild(), installation: PRODUCT_FOLDER };
  const age = compareBuilds(address.build, own);
  if (age === 'same') return;
  const [running, here] = [buildName(address.build), buildName(own)];
  const { output } = context;
  if (age === 'newer') {
    output.remark(
      `The running Cerevisor is version ${running}, which is newer than this command (${here}).`,
    );
    return;
  }
  const client = createDaemonClient(context.home);
  const obstacle = await obstacleToReplacement(context, client, address);
  if (obstacle !== null) {
    output.remark(
      `The running Cerevisor is version ${running}, which is older than this command (${here}). It was not replaced: ${obstacle}.`,
      'To use the new version, stop Cerevisor when convenient (`cerevisor stop`) and start it again; agents continue.',
    );
    return;
  }
  output.remark(`Replacing the running Cerevisor ${running} with ${here}; agents continue.`);
  await replace(context.home, client, address);
}

/** What would be lost or different if this command replaced the daemon; null if nothing. */
async function obstacleToReplacement(
  context: UpdateContext,
  client: Client,
  address: DaemonAddress,
): Promise<string | null> {
  if (!address.isDetached)
    return 'it was started in a terminal or by a service, which must restart it';
  const comparison = await compareWithDaemon(context, client);
  if (comparison === null) return 'it could not be determined whether anything would be lost';
  const missing = comparison.taken.filter(
    (name) => (context.environment[name]?.trim() ?? '') === '',
  );
  const differing = [...new Set([...comparison.differs, ...missing])];
  if (differing.length > 0)
    return `it was started with a different ${listOf(differing)} than this shell has`;
  const { busyWith = [] } = await client.status();
  return busyWith.length === 0 ? null : `it ${listOf(busyWith)}`;
}

async function replace(home: string, client: Client, address: DaemonAddress): Promise<void> {
  await client.stop().catch((error: unknown) => {
    // Another command is replacing it, so it has already stopped.
    if (!(error instanceof ApiError) || error.code !== 'daemon_unreachable') throw error;
  });
  const deadline = performance.now() + STOP_TIMEOUT_MS;
  while (isRunning(address)) {
    if (performance.now() > deadline) {
      throw commandError(
        'stopping',
        `Cerevisor was asked to stop, but its process ${address.pid} is still running.`,
        'It may be writing its journal; check again in a moment with `cerevisor status`.',
      );
    }
    await wait(POLL_INTERVAL_MS);
  }
  await launchDaemon(home, address.port).catch((error: unknown) => {
    // Open pages expect the old address, but any other port is better than no daemon.
    if (!(error instanceof ApiError) || error.code !== 'port_taken') throw error;
    return launchDaemon(home, null);
  });
}
