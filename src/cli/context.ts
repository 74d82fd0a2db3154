import type { Client } from '../server/contract/client.ts';
import type { ExitCode } from '../server/contract/exit-codes.ts';
import { resolveHome } from '../settings/home.ts';
import { connectTo } from './daemon/connect.ts';
import { ensureDaemon } from './daemon/ensure.ts';
import type { Output, Stream } from './output.ts';
import { refuseIgnoredSettings } from './shell-environment.ts';
import type { Environment } from './terminal/appearance.ts';

export type Input = NodeJS.ReadableStream & { readonly isTTY?: boolean };

/** What every command is given. */
export type Context = {
  readonly environment: Environment;
  readonly home: string;
  readonly output: Output;
  readonly input: Input;
  /** Where questions are asked: standard output may be a pipe. */
  readonly errorStream: Stream;
  readonly now: () => number;
  /** The workflow file that a failure is about, so that its problems can name it. */
  failedFile: string | null;
  /** What the process ends with when the command has returned. */
  exitCode: ExitCode;
};

export function createContext(
  parts: Pick<Context, 'environment' | 'output' | 'input' | 'errorStream'>,
): Context {
  const home = resolveHome(parts.environment);
  return { ...parts, home, now: Date.now, failedFile: null, exitCode: 0 };
}

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
