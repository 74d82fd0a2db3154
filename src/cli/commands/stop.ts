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
    .description('stop Cerevisor; agents continue, and the next start picks them up again')
    .option('--all', 'end the agents on this machine too')
    .addHelpText('after', examples('cerevisor stop', 'cerevisor stop --all'))
    .action((options: { readonly all?: boolean }) => stop(context, options.all === true));
};

async function stop(context: Context, all: boolean): Promise<void> {
  const { home, output } = context;
  const presence = await daemonPresence(home);
  if (presence.kind === 'absent') {
    const ended = all ? await endWithoutDaemon(context) : null;
    output.say('Cerevisor is not running.', ...endedWords(ended));
    output.document({ stopped: false, ...ended });
    return;
  }
  if (all) {
    if (presence.kind !== 'answering') throw silentRefusal(presence);
    const { endedAgents = 0, survivors = [] } = await connectTo(home).stop({ all });
    await untilEnded(presence.address);
    const ended = { endedAgents, survivors };
    output.say('Cerevisor has stopped.', ...endedWords(ended));
    output.document({ stopped: true, ...ended });
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

const WHATEVER_RUNS = 'Agents continue.';

/** Nothing to say where nothing runs. */
async function whatGoesOn(home: string): Promise<string> {
  const view = await connectTo(home).status();
  const { liveCloudAttempts, liveLocalAttempts = 0, backend, localAgentsEnd = null } = view;
  const cloud = backend.kind === 'rehearsal' ? 'in the rehearsal cloud' : "in Cursor's cloud";
  if (localAgentsEnd !== null && liveLocalAttempts > 0)
    return [goOnWords(liveCloudAttempts, cloud), localAgentsEnd.message].filter(Boolean).join(' ');
  const here = goOnWords(liveLocalAttempts, 'on this machine');
  const howToEnd = here === '' ? '' : 'End agents on this machine with `cerevisor stop --all`.';
  return [goOnWords(liveCloudAttempts, cloud), here, howToEnd].filter(Boolean).join(' ');
}

function goOnWords(count: number, where: string): string {
  if (count === 0) return '';
  return count === 1
    ? `${plural(count, 'agent')} ${where} continues; the next start picks it up again.`
    : `${plural(count, 'agent')} ${where} continue; the next start picks them up again.`;
}

type Ended = { readonly endedAgents: number; readonly survivors: readonly string[] };

/** The process that runs local agents outlives Cerevisor, so it may be there alone. */
async function endWithoutDaemon({ home, environment }: Context): Promise<Ended> {
  // Loaded for this alone: most commands need nothing of the daemon.
  const { endLocalAgents } = await import('../../daemon/local-agents.ts');
  const ended = await endLocalAgents(home, environment);
  if (!ended.ok) throw refusal(ended.error.code, ended.error.message, ended.error.suggestion);
  return { endedAgents: ended.value.ended, survivors: ended.value.survivors };
}

function endedWords(ended: Ended | null): string[] {
  if (ended === null) return [];
  const { endedAgents, survivors } = ended;
  const count =
    endedAgents === 0
      ? 'No agent was running on this machine.'
      : `${plural(endedAgents, 'agent')} on this machine ${endedAgents === 1 ? 'was' : 'were'} stopped; what ${endedAgents === 1 ? 'it' : 'they'} changed is on ${endedAgents === 1 ? 'its branch' : 'their branches'}.`;
  const left =
    survivors.length === 0
      ? []
      : [`These processes could not be stopped: ${survivors.join(', ')}.`];
  return [count, ...left];
}

/** A signal reaches a daemon that answers no request, and it then stops in an orderly way. */
function tellProcess(silent: SilentDaemon): void {
  // Windows knows no such signal: it would end it immediately. Nor may a number alone decide whom it hits.
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
          ? `It is suspended. To resume it so that it can stop, run \`kill -CONT ${pid}\`.`
          : 'It may be writing its journal; check again in a moment with `cerevisor status`.',
      );
    }
    await wait(POLL_MS);
  }
}
