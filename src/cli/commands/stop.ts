import { setTimeout as wait } from 'node:timers/promises';
import type { Context } from '../context.ts';
import { connectTo, isAnswering } from '../daemon/connect.ts';
import { isAlive, locateDaemon } from '../daemon/locate.ts';
import { refusal } from '../refusal.ts';
import { type AddCommand, examples } from './command.ts';

const STOP_TIMEOUT_MS = 30_000;
const POLL_MS = 50;

export const addStop: AddCommand = (program, context) => {
  program
    .command('stop')
    .description('stop Cerevisor; cloud agents go on, and the next start carries on with them')
    .addHelpText('after', examples('cerevisor stop'))
    .action(() => stop(context));
};

async function stop({ home, output }: Context): Promise<void> {
  const address = await locateDaemon(home);
  if (address === null || !(await isAnswering(home))) {
    output.say('Cerevisor is not running.');
    output.document({ stopped: false });
    return;
  }
  await connectTo(home).stop();
  const deadline = Date.now() + STOP_TIMEOUT_MS;
  while (isAlive(address.pid)) {
    if (Date.now() > deadline) {
      throw refusal(
        'stopping',
        `Cerevisor was asked to stop, but its process ${address.pid} is still there.`,
        'It may be writing its journal; look again in a moment with `cerevisor status`.',
      );
    }
    await wait(POLL_MS);
  }
  output.say('Cerevisor has stopped. What runs in the cloud goes on.');
  output.document({ stopped: true });
}
