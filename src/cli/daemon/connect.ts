import type { Client } from '../../contract/client.ts';
import type { Context } from '../context.ts';
import { refuseIgnoredSettings } from '../shell-environment.ts';
import { createDaemonClient } from './client.ts';
import { ensureDaemon } from './ensure.ts';

/**
 * A client for actions that use the daemon's account.
 * @throws ApiError `environment_differs` if this shell is set up for another account
 */
export async function connectForAction(context: Context): Promise<Client> {
  const client = await connect(context);
  await refuseIgnoredSettings(context, client);
  return client;
}

/** A client of the daemon, which is started if it is not running. */
export async function connect(context: Context): Promise<Client> {
  const onLaunch = (): void => context.output.remark('Starting Cerevisor...');
  await ensureDaemon(context, null, onLaunch);
  return createDaemonClient(context.home);
}
