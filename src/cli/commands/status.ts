import type { StatusView } from '../../contract/daemon-views.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import { ageOf, elapsed, formatSize, plural } from '../../lib/format.ts';
import type { Context } from '../context.ts';
import { createDaemonClient } from '../daemon/client.ts';
import {
  checkDaemon,
  describeUnresponsive,
  suggestionForUnresponsive,
  type UnresponsiveDaemon,
} from '../daemon/daemon-state.ts';
import type { Output } from '../output.ts';
import { licenseLine } from '../render/license-line.ts';
import { warnAboutIgnoredSettings } from '../shell-environment.ts';
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
  const state = await checkDaemon(home);
  if (state.kind === 'unresponsive') return printUnresponsive(context, state);
  if (state.kind === 'absent') {
    output.print(
      'Cerevisor is not running.',
      line(quiet(output.advice('Start it with: cerevisor start'))),
    );
    output.document({ isRunning: false, isAnswering: false, home });
    context.exitCode = exitCodes.unreachable;
    return;
  }
  const client = createDaemonClient(home);
  await warnAboutIgnoredSettings(context, client);
  const view = await client.status();
  output.print(...statusLines(view, now(), output));
  output.document({ isRunning: true, isAnswering: true, ...view });
}

function printUnresponsive(context: Context, unresponsive: UnresponsiveDaemon): void {
  const { home, output } = context;
  output.print(
    line(toned('attention', `Cerevisor ${describeUnresponsive(unresponsive)}.`)),
    line(quiet(suggestionForUnresponsive(unresponsive))),
  );
  const { pid, doing } = unresponsive;
  output.document({ isRunning: true, isAnswering: false, pid, doing, home });
  context.exitCode = exitCodes.unreachable;
}

const row = (title: string, ...rest: Line): Line => line(quiet(pad(title, 10)), ...rest);
const plain = (text: string) => toned('plain', text);

function statusLines(view: StatusView, now: number, output: Output): Line[] {
  const running = elapsed(view.startedAt, null, now);
  return [
    row(
      'Cerevisor',
      plain(`${view.version}, running for ${running} (process ${view.pid})`),
      ...updateNotice(view, output),
    ),
    row('Home', plain(view.home)),
    row('Backend', ...backendSpans(view, now)),
    row(
      'Agents',
      plain(
        `${view.liveCloudAttempts} of at most ${view.maxLiveCloudAttempts} active in the cloud`,
      ),
      ...localAgentSpans(view),
    ),
    ...runnerRows(view, now),
    ...endRows(view),
    row('Sessions', ...sessionSpans(view)),
    row('Journal', ...journalSpans(view)),
    row('License', ...licenseLine(view.license)),
  ];
}

function localAgentSpans(view: StatusView): Line {
  const { liveLocalAttempts: live, maxLiveLocalAttempts: max, waitingLocalAttempts = 0 } = view;
  if (live === undefined || max === undefined) return [];
  const waiting = Math.min(waitingLocalAttempts, live);
  const also = waiting === 0 ? '' : `, and ${waiting} waiting for your answer`;
  return [plain(`, ${live - waiting} of at most ${max} on this machine${also}`)];
}

/** Shown only while the runner is running; it starts automatically when a local agent needs it. */
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

/** An update takes effect with the next start. */
const updateNotice = ({ installed = null }: StatusView, output: Output): Line =>
  installed === null
    ? []
    : [
        toned(
          'attention',
          output.advice(`  updated to ${installed}; use it with: cerevisor stop, cerevisor start`),
        ),
      ];

const backendTones: Readonly<Record<StatusView['backend']['state'], Tone>> = {
  reachable: 'good',
  unreachable: 'bad',
  refused: 'bad',
  unknown: 'quiet',
};

function backendSpans({ backend }: StatusView, now: number): Line {
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

function sessionSpans(view: StatusView): Line {
  const counts = Object.entries(view.sessionCounts).filter(([, count]) => count > 0);
  const counted = counts.map(([name, count]) => `${count} ${name}`).join(', ');
  const needs =
    view.needYou === 0
      ? []
      : [toned('attention', `  ${plural(view.needYou, 'session')} waiting for you`)];
  // Dismissed sessions are not counted, so there may have been some.
  return [plain(counted === '' ? 'none on the list' : counted), ...needs];
}

function journalSpans({ journal }: StatusView): Line {
  if (journal.trouble !== null) {
    const { message, suggestion } = journal.trouble;
    return [toned('bad', message), quiet(suggestion === undefined ? '' : ` ${suggestion}`)];
  }
  if (journal.recovered !== null) {
    const { backupTakenAt, cause, movedTo } = journal.recovered;
    const movedNotice = movedTo === null ? '' : ` The old file was kept as ${movedTo}.`;
    return [
      toned('attention', `was ${cause}; restored from the backup of ${backupTakenAt}.`),
      quiet(`${movedNotice} Find agents that were started later with: cerevisor orphans`),
    ];
  }
  if (journal.quarantined === 0) return [toned('good', 'OK')];
  const text = `${plural(journal.quarantined, 'event')} could not be read and are kept separately`;
  return [toned('attention', text)];
}
