import type { Client } from '../../contract/client.ts';
import type { Context } from '../context.ts';
import { refuseIgnoredSettings } from '../shell-environment.ts';
import { connectTo } from './connect.ts';
import { ensureDaemon } from './ensure.ts';

/**
 * The same, to do something with the account of the daemon.
 * @throws ApiError `environment_differs` when this shell has set another one.
 */
export async function connectToAct(context: Context): Promise<Client> {
  const client = await connect(context);
  await refuseIgnoredSettings(context, client);
  return client;
}

/** A client of the daemon, which is started if none runs. */
export async function connect(context: Context): Promise<Client> {
  const onLaunch = (): void => context.output.remark('Starting Cerevisor...');
  await ensureDaemon(context, null, onLaunch);
  return connectTo(context.home);
}
