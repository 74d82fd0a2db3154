import { commandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { createDaemonClient } from '../daemon/client.ts';
import { ensureDaemon } from '../daemon/ensure.ts';
import { locateDaemon } from '../daemon/locate.ts';
import { refuseIgnoredSettings } from '../shell-environment.ts';
import { type AddCommand, examples } from './command.ts';
import { parsePort } from './numbers.ts';

type Options = {
  readonly port?: number;
  readonly foreground?: boolean;
};

export const addStart: AddCommand = (program, context) => {
  program
    .command('start')
    .description(
      'start Cerevisor in the background; it continues every session that has not settled',
    )
    .option('-p, --port <port>', 'port to listen on at 127.0.0.1', parsePort)
    .option('-f, --foreground', 'stay in this terminal until Ctrl-C')
    .addHelpText(
      'after',
      examples('cerevisor start', 'cerevisor start --port 4800', 'cerevisor start --foreground'),
    )
    .action((options: Options) => start(context, options));
};

async function start(context: Context, options: Options): Promise<void> {
  if (options.foreground === true) return runHere(context, options);
  const { home, output } = context;
  const { wasRunning } = await ensureDaemon(context, options.port ?? null);
  const address = await locateDaemon(home);
  const client = createDaemonClient(home);
  // If the user asks for a start with a key, an address or a port, the daemon uses it or the command reports that it
  // does not.
  if (wasRunning) await refuseIgnoredSettings(context, client);
  if (wasRunning && address !== null) refuseOtherPort(context, options, address.port);
  const status = await client.status();
  const url = address === null ? null : `http://127.0.0.1:${address.port}`;
  output.print(
    wasRunning ? `Cerevisor is already running at ${url}` : `Cerevisor is running at ${url}`,
  );
  output.document({ wasRunning, url, pid: status.pid, version: status.version, home });
}

/** @throws ApiError `environment_differs` if the daemon listens on a port other than the requested one */
function refuseOtherPort({ environment }: Context, { port }: Options, actual: number): void {
  const fromEnvironment = Number(environment.CEREVISOR_PORT?.trim() || 0);
  const requestedPort = port ?? fromEnvironment;
  // 0 means any port.
  if (requestedPort === 0 || Number.isNaN(requestedPort) || requestedPort === actual) return;
  throw commandError(
    'environment_differs',
    `Cerevisor is already running at http://127.0.0.1:${actual}, and not on port ${requestedPort}.`,
    `Use it there, or stop it (\`cerevisor stop\`) and start it again with that port.`,
  );
}

/** Runs the daemon in this process until it ends. Its code is loaded only here, because other commands do not need it. */
async function runHere(context: Context, options: Options): Promise<void> {
  const { runDaemon } = await import('../../daemon/run-daemon.ts');
  const port = options.port === undefined ? {} : { port: options.port };
  const { home, output } = context;
  // How a command starts the daemon in the background; it may then start another one instead.
  const isDetached = context.environment.CEREVISOR_STARTED_BY === 'command';
  await runDaemon({ home, isDetached, ...port }, ({ address }) =>
    // One line, because the process keeps running and may print more when it ends.
    output.record({ wasRunning: false, url: address, pid: process.pid, home }),
  );
}
