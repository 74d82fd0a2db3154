import { ApiError } from '../contract/errors.ts';
import { trustCertificateFile } from '../lib/certificates.ts';
import { type Daemon, type DaemonOptions, type RunningAgents, startDaemon } from './daemon.ts';
import { waitForStop } from './signals.ts';

/**
 * Runs a daemon until a signal or a client stops it. `onStarted` is called when it is ready.
 * @throws ApiError if it cannot start
 */
export async function runDaemon(
  options: DaemonOptions,
  onStarted: (daemon: Daemon) => void = () => undefined,
): Promise<void> {
  // Before the first connection, because it affects the whole process.
  const certificateProblem = trustCertificateFile(options.environment ?? process.env);
  const started = await startDaemon(options);
  if (!started.ok) {
    const { code, message, suggestion } = started.error;
    throw new ApiError(0, { code, message, ...(suggestion === undefined ? {} : { suggestion }) });
  }
  const daemon = started.value;
  if (certificateProblem !== null) {
    daemon.log.warn({}, certificateProblem);
    process.stderr.write(`${certificateProblem}\n`);
  }
  process.stderr.write(`Cerevisor is running at ${daemon.address}\n`);
  onStarted(daemon);
  await waitForStop(daemon.log, daemon.stopRequested);
  process.stderr.write(
    `${['Cerevisor has stopped.', ...runningAgentsText(await daemon.stop())].join(' ')}\n`,
  );
}

function runningAgentsText({ inCloud, onThisMachine, sharedShutdown }: RunningAgents): string[] {
  return [
    ...(inCloud === 0 ? [] : ['Cloud agents continue; the next start finds them.']),
    ...(onThisMachine === 0
      ? []
      : [
          sharedShutdown ??
            'Agents on this machine continue; the next start finds them. End them with `cerevisor stop --all`.',
        ]),
  ];
}
