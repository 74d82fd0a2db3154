import { setTimeout as wait } from 'node:timers/promises';
import { plural } from '../../lib/format.ts';
import { isRunning, isSuspended, type ProcessIdentity } from '../../lib/process.ts';
import { commandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { createDaemonClient } from '../daemon/client.ts';
import { checkDaemon, type UnresponsiveDaemon, unresponsiveError } from '../daemon/daemon-state.ts';
import { type AddCommand, examples } from './command.ts';

const STOP_TIMEOUT_MS = 30_000;
const POLL_INTERVAL_MS = 50;

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
  const state = await checkDaemon(home);
  if (state.kind === 'absent') {
    const ended = all ? await endWithoutDaemon(context) : null;
    output.print('Cerevisor is not running.', ...formatEnded(ended));
    output.document({ stopped: false, ...ended });
    return;
  }
  if (all) {
    if (state.kind !== 'running') throw unresponsiveError(state);
    const { endedAgents = 0, survivors = [] } = await createDaemonClient(home).stop({ all });
    await waitForExit(state.address);
    const ended = { endedAgents, survivors };
    output.print('Cerevisor has stopped.', ...formatEnded(ended));
    output.document({ stopped: true, ...ended });
    return;
  }
  const daemon = state.kind === 'running' ? state.address : state;
  const remark = state.kind === 'running' ? await continuingAgentsText(home) : AGENTS_CONTINUE;
  if (state.kind === 'running') await createDaemonClient(home).stop();
  else if (state.doing !== 'is stopping') signalProcess(state);
  await waitForExit(daemon);
  output.print(remark === '' ? 'Cerevisor has stopped.' : `Cerevisor has stopped. ${remark}`);
  output.document({ stopped: true });
}

const AGENTS_CONTINUE = 'Agents continue.';

/** Which agents continue; empty if none is running. */
async function continuingAgentsText(home: string): Promise<string> {
  const view = await createDaemonClient(home).status();
  const { liveCloudAttempts, liveLocalAttempts = 0, backend, localAgentsEnd = null } = view;
  const cloud = backend.kind === 'rehearsal' ? 'in the rehearsal cloud' : "in Cursor's cloud";
  if (localAgentsEnd !== null && liveLocalAttempts > 0)
    return [formatContinuing(liveCloudAttempts, cloud), localAgentsEnd.message]
      .filter(Boolean)
      .join(' ');
  const localText = formatContinuing(liveLocalAttempts, 'on this machine');
  const howToEnd =
    localText === '' ? '' : 'End agents on this machine with `cerevisor stop --all`.';
  return [formatContinuing(liveCloudAttempts, cloud), localText, howToEnd]
    .filter(Boolean)
    .join(' ');
}

function formatContinuing(count: number, location: string): string {
  if (count === 0) return '';
  return count === 1
    ? `${plural(count, 'agent')} ${location} continues; the next start picks it up again.`
    : `${plural(count, 'agent')} ${location} continue; the next start picks them up again.`;
}

type Ended = { readonly endedAgents: number; readonly survivors: readonly string[] };

/** The process that runs local agents outlives the daemon, so it may still be running. */
async function endWithoutDaemon({ home, environment }: Context): Promise<Ended> {
  // Loaded only here, because most commands need no code of the daemon.
  const { endLocalAgents } = await import('../../daemon/local-agents.ts');
  const ended = await endLocalAgents(home, environment);
  if (!ended.ok) throw commandError(ended.error.code, ended.error.message, ended.error.suggestion);
  return { endedAgents: ended.value.ended, survivors: ended.value.survivors };
}

function formatEnded(ended: Ended | null): string[] {
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

/** Stops a daemon that does not answer requests with a signal, which it handles by shutting down. */
function signalProcess(unresponsive: UnresponsiveDaemon): void {
  // On Windows the signal would kill it immediately. And without the start time, the process id may belong to another one.
  if (process.platform === 'win32' || unresponsive.began === undefined)
    throw unresponsiveError(unresponsive);
  process.kill(unresponsive.pid, 'SIGTERM');
}

async function waitForExit(daemon: ProcessIdentity): Promise<void> {
  const deadline = performance.now() + STOP_TIMEOUT_MS;
  while (isRunning(daemon)) {
    if (performance.now() > deadline || isSuspended(daemon.pid)) {
      const { pid } = daemon;
      throw commandError(
        'stopping',
        `Cerevisor was asked to stop, but its process ${pid} is still running and does not respond yet.`,
        isSuspended(pid)
          ? `It is suspended. To resume it so that it can stop, run \`kill -CONT ${pid}\`.`
          : 'It may be writing its journal; check again in a moment with `cerevisor status`.',
      );
    }
    await wait(POLL_INTERVAL_MS);
  }
}
