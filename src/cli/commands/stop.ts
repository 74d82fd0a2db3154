import { setTimeout as wait } from 'node:timers/promises';
import { plural } from '../../lib/format.ts';
import { isRunning, isSuspended, type ProcessIdentity } from '../../lib/process.ts';
import type { Context } from '../context.ts';
import { connectTo } from '../daemon/connect.ts';
import { daemonPresence, type SilentDaemon, silentRefusal } from '../daemon/presence.ts';
import { refusal } from '../refusal.ts';
import { type AddCommand, examples } from './command.ts';

const STOP_TIMEOUT_MS = 30_000;
const POLL_MS = 50;

export const addStop: AddCommand = (program, context) => {
  program
    .command('stop')
    .description('stop Cerevisor; cloud agents continue, and the next start picks them up again')
    .addHelpText('after', examples('cerevisor stop'))
    .action(() => stop(context));
};

async function stop({ home, output }: Context): Promise<void> {
  const presence = await daemonPresence(home);
  if (presence.kind === 'absent') {
    output.say('Cerevisor is not running.');
    output.document({ stopped: false });
    return;
  }
  const daemon = presence.kind === 'answering' ? presence.address : presence;
  const remark = presence.kind === 'answering' ? await whatGoesOn(home) : WHATEVER_RUNS;
  if (presence.kind === 'answering') await connectTo(home).stop();
  else if (presence.doing !== 'is stopping') tellProcess(presence);
  await untilEnded(daemon);
  output.say(remark === '' ? 'Cerevisor has stopped.' : `Cerevisor has stopped. ${remark}`);
  output.document({ stopped: true });
}

const WHATEVER_RUNS = 'Cloud agents continue.';

/** Nothing to say where nothing runs. */
async function whatGoesOn(home: string): Promise<string> {
  const { liveCloudAttempts, backend } = await connectTo(home).status();
  if (liveCloudAttempts === 0) return '';
  const where = backend.kind === 'rehearsal' ? 'the rehearsal cloud' : "Cursor's cloud";
  const agents = plural(liveCloudAttempts, 'agent');
  return liveCloudAttempts === 1
    ? `${agents} in ${where} continues; the next start picks it up again.`
    : `${agents} in ${where} continue; the next start picks them up again.`;
}

/** A signal reaches a daemon that answers no request, and it then stops in an orderly way. */
function tellProcess(silent: SilentDaemon): void {
  // Windows knows no such signal: it would end it on the spot. Nor may a number alone decide whom it hits.
  if (process.platform === 'win32' || silent.began === undefined) throw silentRefusal(silent);
  process.kill(silent.pid, 'SIGTERM');
}

async function untilEnded(daemon: ProcessIdentity): Promise<void> {
  const deadline = performance.now() + STOP_TIMEOUT_MS;
  while (isRunning(daemon)) {
    if (performance.now() > deadline || isSuspended(daemon.pid)) {
      const { pid } = daemon;
      throw refusal(
        'stopping',
        `Cerevisor was asked to stop, but its process ${pid} is still running and does not respond yet.`,
        isSuspended(pid)
          ? `It is suspended; to let it resume and stop, run \`kill -CONT ${pid}\`.`
          : 'It may be writing its journal; check again in a moment with `cerevisor status`.',
      );
    }
    await wait(POLL_MS);
  }
}
