import type { StatusView } from '../../contract/daemon-views.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import { ageOf, elapsed, formatSize, plural } from '../../lib/format.ts';
import type { Context } from '../context.ts';
import { connectTo } from '../daemon/connect.ts';
import { adviceOn, daemonPresence, type SilentDaemon, silenceOf } from '../daemon/presence.ts';
import { licenseLine } from '../render/license-line.ts';
import { remarkIgnoredSettings } from '../shell-environment.ts';
import { type Line, line, quiet, type Tone, toned } from '../terminal/lines.ts';
import { pad } from '../terminal/text.ts';
import { type AddCommand, examples } from './command.ts';

export const addStatus: AddCommand = (program, context) => {
  program
    .command('status')
    .description('show whether Cerevisor is running, and the state of its journal and of Cursor')
    .addHelpText('after', examples('cerevisor status', 'cerevisor status --json | jq .backend'))
    .action(() => status(context));
};

async function status(context: Context): Promise<void> {
  const { home, now, output } = context;
  const presence = await daemonPresence(home);
  if (presence.kind === 'silent') return sayThatItIsSilent(context, presence);
  if (presence.kind === 'absent') {
    output.say(
      'Cerevisor is not running.',
      line(quiet(output.advice('Start it with: cerevisor start'))),
    );
    output.document({ isRunning: false, isAnswering: false, home });
    context.exitCode = exitCodes.unreachable;
    return;
  }
  const client = connectTo(home);
  await remarkIgnoredSettings(context, client);
  const view = await client.status();
  output.say(...statusLines(view, now()));
  output.document({ isRunning: true, isAnswering: true, ...view });
}

function sayThatItIsSilent(context: Context, silent: SilentDaemon): void {
  const { home, output } = context;
  output.say(
    line(toned('attention', `Cerevisor ${silenceOf(silent)}.`)),
    line(quiet(adviceOn(silent))),
  );
  const { pid, doing } = silent;
  output.document({ isRunning: true, isAnswering: false, pid, doing, home });
  context.exitCode = exitCodes.unreachable;
}

const row = (title: string, ...rest: Line): Line => line(quiet(pad(title, 10)), ...rest);
const plain = (text: string) => toned('plain', text);

function statusLines(view: StatusView, now: number): Line[] {
  const running = elapsed(view.startedAt, null, now);
  return [
    row(
      'Cerevisor',
      plain(`${view.version}, running for ${running} (process ${view.pid})`),
      ...updateWords(view),
    ),
    row('Home', plain(view.home)),
    row('Backend', ...backendWords(view, now)),
    row(
      'Agents',
      plain(
        `${view.liveCloudAttempts} of at most ${view.maxLiveCloudAttempts} active in the cloud`,
      ),
      ...localWords(view),
    ),
    ...runnerRows(view, now),
    ...endRows(view),
    row('Sessions', ...sessionWords(view)),
    row('Journal', ...journalWords(view)),
    row('License', ...licenseLine(view.license)),
  ];
}

function localWords({ liveLocalAttempts, maxLiveLocalAttempts }: StatusView): Line {
  if (liveLocalAttempts === undefined || maxLiveLocalAttempts === undefined) return [];
  return [plain(`, ${liveLocalAttempts} of at most ${maxLiveLocalAttempts} on this machine`)];
}

/** Shown only while it runs: it starts automatically when an agent on this machine needs it. */
function runnerRows({ runner = null }: StatusView, now: number): Line[] {
  if (runner === null) return [];
  const { pid, version, startedAt, rssBytes } = runner;
  const age = elapsed(startedAt, null, now);
  const memory = rssBytes === null ? '' : `, agents use ${formatSize(rssBytes)}`;
  return [row('Runner', plain(`${version}, running for ${age} (process ${pid})${memory}`))];
}

/** Shown only where it differs from what stopping usually means. */
const endRows = ({ localAgentsEnd = null }: StatusView): Line[] =>
  localAgentsEnd === null
    ? []
    : [
        row('Stopping', toned('attention', localAgentsEnd.message)),
        row('', quiet(localAgentsEnd.suggestion)),
      ];

/** An update is used from the next start on. */
const updateWords = ({ installed = null }: StatusView): Line =>
  installed === null
    ? []
    : [
        toned(
          'attention',
          `  updated to ${installed}; use it with: cerevisor stop, cerevisor start`,
        ),
      ];

const backendTones: Readonly<Record<StatusView['backend']['state'], Tone>> = {
  reachable: 'good',
  unreachable: 'bad',
  refused: 'bad',
  unknown: 'quiet',
};

function backendWords({ backend }: StatusView, now: number): Line {
  const name =
    backend.kind === 'rehearsal' ? toned('attention', 'Rehearsal cloud ') : plain('Cursor ');
  const age = backend.checkedAt === null ? '' : `, ${ageOf(backend.checkedAt, now)}`;
  const detail = backend.detail === null ? '' : `: ${backend.detail}`;
  const state = backend.state === 'unknown' ? 'not checked yet' : backend.state;
  return [
    name,
    toned(backendTones[backend.state], state),
    quiet(`${age}${detail}  ${backend.url}`),
  ];
}

function sessionWords(view: StatusView): Line {
  const counts = Object.entries(view.sessionCounts).filter(([, count]) => count > 0);
  const words = counts.map(([name, count]) => `${count} ${name}`).join(', ');
  const needs =
    view.needYou === 0
      ? []
      : [toned('attention', `  ${plural(view.needYou, 'session')} waiting for you`)];
  return [plain(words === '' ? 'none yet' : words), ...needs];
}

function journalWords({ journal }: StatusView): Line {
  if (journal.trouble !== null) {
    const { message, suggestion } = journal.trouble;
    return [toned('bad', message), quiet(suggestion === undefined ? '' : ` ${suggestion}`)];
  }
  if (journal.recovered !== null) {
    const { backupTakenAt, cause, movedTo } = journal.recovered;
    const kept = movedTo === null ? '' : ` The old file was kept as ${movedTo}.`;
    return [
      toned('attention', `was ${cause}; restored from the backup of ${backupTakenAt}.`),
      quiet(`${kept} Find agents that were started later with: cerevisor orphans`),
    ];
  }
  if (journal.quarantined === 0) return [toned('good', 'OK')];
  const text = `${plural(journal.quarantined, 'event')} could not be read and are kept separately`;
  return [toned('attention', text)];
}
