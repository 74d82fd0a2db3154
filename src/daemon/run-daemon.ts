import { ApiError } from '../contract/errors.ts';
import { trustCertificateFile } from '../lib/certificates.ts';
import { type Daemon, type DaemonOptions, type RunningAgents, startDaemon } from './daemon.ts';
import { waitForStop } from './signals.ts';

/**
 * Runs a daemon until it is told to stop, by a signal or by a client. `onStarted` hears where it answers.
 * @throws ApiError with the reason when it cannot start.
 */
export async function runDaemon(
  options: DaemonOptions,
  onStarted: (daemon: Daemon) => void = () => undefined,
): Promise<void> {
  // Before the first connection: it counts for the whole process.
  const distrusted = trustCertificateFile(options.environment ?? process.env);
  const started = await startDaemon(options);
  if (!started.ok) {
    const { code, message, suggestion } = started.error;
    throw new ApiError(0, { code, message, ...(suggestion === undefined ? {} : { suggestion }) });
  }
  const daemon = started.value;
  if (distrusted !== null) {
    daemon.log.warn({}, distrusted);
    process.stderr.write(`${distrusted}\n`);
  }
  process.stderr.write(`Cerevisor is running at ${daemon.address}\n`);
  onStarted(daemon);
  await waitForStop(daemon.log, daemon.stopRequested);
  process.stderr.write(
    `${['Cerevisor has stopped.', ...runningAgentsText(await daemon.stop())].join(' ')}\n`,
  );
}

function runningAgentsText({ inCloud, onThisMachine, localEnd }: RunningAgents): string[] {
  return [
    ...(inCloud === 0 ? [] : ['Cloud agents continue; the next start finds them.']),
    ...(onThisMachine === 0
      ? []
      : [
          localEnd ??
            'Agents on this machine continue; the next start finds them. End them with `cerevisor stop --all`.',
        ]),
  ];
}
