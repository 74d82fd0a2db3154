import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from '../../contract/client.ts';
import { ApiError } from '../../contract/errors.ts';
import { listOf } from '../../lib/format.ts';
import { isRunning } from '../../lib/process.ts';
import { buildName, installedBuild, PRODUCT_FOLDER } from '../../lib/product.ts';
import type { Context } from '../context.ts';
import { refusal } from '../refusal.ts';
import { comparison } from '../shell-environment.ts';
import { ageOfDaemon } from './age.ts';
import { connectTo } from './connect.ts';
import { launchDaemon } from './launch.ts';
import type { DaemonAddress } from './locate.ts';

export type UpdateContext = Pick<Context, 'environment' | 'home' | 'output'>;

const STOP_TIMEOUT_MS = 30_000;
const POLL_MS = 50;

/**
 * Detects a daemon with a different version from this command. An older one is replaced if nothing is lost; otherwise
 * the command says so, and the daemon keeps running.
 */
export async function keepUpToDate(context: UpdateContext, address: DaemonAddress): Promise<void> {
  const own = { ...installedBuild(), installation: PRODUCT_FOLDER };
  const age = ageOfDaemon(address.build, own);
  if (age === 'same') return;
  const [running, here] = [buildName(address.build), buildName(own)];
  const { output } = context;
  if (age === 'newer') {
    output.remark(
      `The running Cerevisor is version ${running}, which is newer than this command (${here}).`,
    );
    return;
  }
  const client = connectTo(context.home);
  const obstacle = await obstacleTo(context, client, address);
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

/** What would be lost, or different, if this command stopped the daemon and started another one; null when nothing. */
async function obstacleTo(
  context: UpdateContext,
  client: Client,
  address: DaemonAddress,
): Promise<string | null> {
  if (!address.isDetached)
    return 'it was started in a terminal or by a service, which must restart it';
  const compared = await comparison(context, client);
  if (compared === null) return 'it could not be determined whether anything would be lost';
  const missing = compared.taken.filter((name) => (context.environment[name]?.trim() ?? '') === '');
  const other = [...new Set([...compared.differs, ...missing])];
  if (other.length > 0)
    return `it was started with a different ${listOf(other)} than this shell has`;
  const { busyWith = [] } = await client.status();
  return busyWith.length === 0 ? null : `it ${listOf(busyWith)}`;
}

async function replace(home: string, client: Client, address: DaemonAddress): Promise<void> {
  await client.stop().catch((error: unknown) => {
    // Another command replaces it at the moment: then it is gone already.
    if (!(error instanceof ApiError) || error.code !== 'daemon_unreachable') throw error;
  });
  const deadline = performance.now() + STOP_TIMEOUT_MS;
  while (isRunning(address)) {
    if (performance.now() > deadline) {
      throw refusal(
        'stopping',
        `Cerevisor was asked to stop, but its process ${address.pid} is still running.`,
        'It may be writing its journal; check again in a moment with `cerevisor status`.',
      );
    }
    await wait(POLL_MS);
  }
  await launchDaemon(home, address.port).catch((error: unknown) => {
    // Pages that are open look for it at its old address; any other one is better than none.
    if (!(error instanceof ApiError) || error.code !== 'port_taken') throw error;
    return launchDaemon(home, null);
  });
}
